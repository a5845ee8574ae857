// A query as data: the server gets it as a URL, the evaluator as it is.
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
