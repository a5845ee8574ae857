// The third value of the corridor: the statements that answer a read.
import type { PageStatements, Statement } from '../../sql/statement.ts';

export type RenderedRead = RenderedPage | RenderedValue;

export interface RenderedPage {
  readonly kind: 'page';
  /** The row that the address starts at; null where it starts at a collection. */
  readonly origin: ExistenceCheck | null;
  /** How many rows there are on all pages, where $count asks for it. */
  readonly count: Statement | null;
  readonly rows: PageStatements;
}

/** One row, one property of it, or how many rows there are. */
export interface RenderedValue {
  readonly kind: 'value';
  readonly origin: ExistenceCheck | null;
  readonly value: Statement;
  /** Tells a property that is null from a row that does not exist; null where a missing row is an answer, too. */
  readonly row: ExistenceCheck | null;
}

export interface ExistenceCheck {
  readonly statement: Statement;
  /** What the row is of, for the error. */
  readonly entity: { readonly name: string; readonly singular: string };
}
