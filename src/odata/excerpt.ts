// A piece of the client's text in a message.

/** The text in quotes, cut to fit into a sentence: `'deviceName'`. */
export function excerpt(text: string): string {
  // The cut must not leave half a surrogate pair.
  const short = text.length > 40 ? `${text.slice(0, 40).replace(/[\uD800-\uDBFF]$/, '')}…` : text;
  return short.startsWith("'") || short.startsWith('"') ? short : `'${short}'`;
}
