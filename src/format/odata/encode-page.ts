// What stands around the rows of a collection: its context and count before them, the way to the next page after.

export interface PageOptions {
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
export function encodePageHead({ context, count, int64AsText, annotations = {} }: PageOptions): Uint8Array {
  const members = [
    ...(context === null ? [] : [`"@odata.context":${JSON.stringify(context)}`]),
    ...(count === null ? [] : [`"@odata.count":${int64AsText ? `"${count}"` : String(count)}`]),
    ...Object.entries(annotations).map(([term, annotation]) => `"@${term}":${JSON.stringify(annotation)}`),
    '"value":[',
  ];
  return Buffer.from(`{${members.join(',')}`);
}

/** What goes between two parts of a page, each of them rows with commas between. */
export const ROW_SEPARATOR: Uint8Array = Buffer.from(',');

/** Where to go on: to the next page, or from the last page to what will have changed since. */
export interface PageLink {
  readonly kind: 'nextLink' | 'deltaLink';
  readonly address: string;
}

/** `],"@odata.nextLink":"…"}`, or `]}` where there is nowhere to go. */
export function encodePageTail(link: PageLink | null): Uint8Array {
  return Buffer.from(link === null ? ']}' : `],"@odata.${link.kind}":${JSON.stringify(link.address)}}`);
}
