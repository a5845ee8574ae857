// A header as one text, also where a client sends it several times.

/** The values of a repeated header, joined by commas as RFC 9110 allows. */
export function headerText(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.join(', ');
}
