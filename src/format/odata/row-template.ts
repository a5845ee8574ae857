// How a row is written, as data: engines turn it into an SQL expression, so that the database writes the bytes.

/** A piece of a text made from a row, such as its address. */
export type TextPart =
  | { readonly kind: 'text'; readonly text: string }
  /** The property as an OData key literal, percent-encoded. */
  | { readonly kind: 'keyLiteral'; readonly property: string };

export type RowMember =
  /** `"deviceName": value` of the column with that name, or with another: `deviceType/deviceTypeName`. */
  | { readonly kind: 'property'; readonly name: string; readonly column?: string }
  /** `"@odata.id": "devices(7)"`, or null. */
  | { readonly kind: 'annotation'; readonly name: string; readonly value: readonly TextPart[] | null }
  /** `"deviceType": {"deviceTypeName": value}`. */
  | { readonly kind: 'object'; readonly name: string; readonly members: readonly RowMember[] }
  /**
   * An expansion: an object or null, or a list of objects. `nextLink` is the address of the rest of a list that is too
   * long: `"apps@odata.nextLink": "…"`.
   */
  | {
      readonly kind: 'nested';
      readonly name: string;
      readonly template: RowTemplate;
      readonly nextLink?: readonly TextPart[] | null;
    }
  /** `"devices@odata.count": 3`, the number of all rows of the list. */
  | { readonly kind: 'nestedCount'; readonly name: string; readonly of: string };

export interface RowTemplate {
  /** In the order they are written. */
  readonly members: readonly RowMember[];
  /** Int64 as text, for clients that ask with IEEE754Compatible=true. */
  readonly int64AsText: boolean;
  /** Leave null properties out (Prefer: omit-values=nulls). */
  readonly omitNulls: boolean;
}
