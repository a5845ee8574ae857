// What one request asks for, parsed whole: the first of the four values on the request's way.
import type { Expression, LiteralValue, OrderTerm } from './expression.ts';

/** One part of a key in the address: `(7)` has no name, `(dateKey=20261120,deviceKey=7)` has. */
export interface KeyPart {
  readonly name: string | null;
  readonly literal: LiteralValue;
}

/** A step after the collection. */
export type PathStep =
  | { readonly kind: 'key'; readonly parts: readonly KeyPart[]; readonly at: number }
  | { readonly kind: 'name'; readonly name: string; readonly at: number }
  | { readonly kind: 'count' | 'value' | 'ref'; readonly at: number };

export type Resource =
  | { readonly kind: 'service' }
  | { readonly kind: 'metadata' }
  | { readonly kind: 'path'; readonly collection: string; readonly steps: readonly PathStep[] };

/** One `$select` item: `deviceName`, `*`, later paths. */
export interface SelectItem {
  readonly segments: readonly string[];
  readonly at: number;
}

/**
 * The query string, decoded once and read. Absent options are null.
 * Options are recognised in any case and with or without `$`; unknown custom options are ignored, unknown `$` options refused.
 */
export interface QueryOptions {
  readonly select: readonly SelectItem[] | null;
  readonly filter: Expression | null;
  readonly orderby: readonly OrderTerm[] | null;
  /** Whole numbers from 0. */
  readonly top: number | null;
  readonly skip: number | null;
  readonly count: boolean | null;
  readonly skiptoken: string | null;
  readonly format: string | null;
  /** Text as written: '' is an error of the version, not of the parser. */
  readonly apiVersion: string | null;
  /** Whole days from 0. */
  readonly maxHistoryDays: number | null;
  /** `@p1` → its expression. */
  readonly aliases: ReadonlyMap<string, Expression>;
  /** Options of the standard that are known and not (yet) read: lower-case name with `$` → raw decoded text. */
  readonly unread: ReadonlyMap<string, string>;
}

export interface Wanted {
  readonly resource: Resource;
  readonly options: QueryOptions;
}
