// What an expression is bound in.
import type { Listing } from '../../schema/derive/catalogue.ts';
import type { Expression } from '../odata/expression.ts';

/** What the names in an expression can mean. */
export interface Scope {
  readonly listing: Listing;
  readonly aliases: ReadonlyMap<string, Expression>;
  readonly now: Date;
  /** The query option in whose text the expression stands; positions count there. */
  readonly option: string;
}
