// What stands around the rows of a collection: its context and count before them, the way to the next page after.

export interface PageWords {
  /** Null under metadata=none. */
  readonly context: string | null;
  /** How many rows match, on all pages together; null where nobody asked. */
  readonly count: number | bigint | null;
  /** IEEE754Compatible=true: the count is an Int64, too. */
  readonly int64AsText: boolean;
  /** Term → what the feed says about the page, as JSON. */
  readonly annotations?: Readonly<Record<string, unknown>>;
}

/** `{"@odata.context":"…","@odata.count":2,"value":[` */
export function pageHead({ context, count, int64AsText, annotations = {} }: PageWords): Uint8Array {
  const members = [
    ...(context === null ? [] : [`"@odata.context":${JSON.stringify(context)}`]),
    ...(count === null ? [] : [`"@odata.count":${int64AsText ? `"${count}"` : String(count)}`]),
    ...Object.entries(annotations).map(([term, said]) => `"@${term}":${JSON.stringify(said)}`),
    '"value":[',
  ];
  return Buffer.from(`{${members.join(',')}`);
}

/** What goes between two parts of a page, each of them rows with commas between. */
export const ROW_SEPARATOR: Uint8Array = Buffer.from(',');

/** `],"@odata.nextLink":"…"}`, or `]}` at the end of the collection. */
export function pageTail(nextLink: string | null): Uint8Array {
  return Buffer.from(nextLink === null ? ']}' : `],"@odata.nextLink":${JSON.stringify(nextLink)}}`);
}
