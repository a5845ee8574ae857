// A question to the feed as data: what the server is asked as a URL, and the evaluator as it stands.
import type { Transformation, NestedOptions } from '../../src/odata/syntax/parsed-request.ts';

export interface Query {
  readonly collection: string;
  readonly options: NestedOptions;
  readonly apply: readonly Transformation[] | null;
  /** What the client prefers as the size of a page; null for the server's own. */
  readonly pageSize: number | null;
  /** Int64 as text, exactly. */
  readonly ieee754Compatible: boolean;
}

export const NO_OPTIONS: NestedOptions = {
  select: null,
  expand: null,
  filter: null,
  orderby: null,
  compute: null,
  search: null,
  top: null,
  skip: null,
  count: null,
  levels: null,
};
