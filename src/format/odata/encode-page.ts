// The bytes around the rows of a page: context and count before them, the link to the next page after them.

export interface PageOptions {
  /** Null under metadata=none. */
  readonly context: string | null;
  /** The number of matching rows on all pages; null where it was not requested. */
  readonly count: number | bigint | null;
  /** IEEE754Compatible=true, which applies to the count as well. */
  readonly int64AsText: boolean;
  /** Term → annotation of the page. */
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

/** The separator between two chunks of a page. */
export const ROW_SEPARATOR: Uint8Array = Buffer.from(',');

/** The link to the next page, or on the last page to later changes. */
export interface PageLink {
  readonly kind: 'nextLink' | 'deltaLink';
  readonly address: string;
}

/** `],"@odata.nextLink":"…"}`, or `]}` without a link. */
export function encodePageTail(link: PageLink | null): Uint8Array {
  return Buffer.from(link === null ? ']}' : `],"@odata.${link.kind}":${JSON.stringify(link.address)}}`);
}
