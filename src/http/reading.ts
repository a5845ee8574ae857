// What the corridor has worked out by the time it reads: handed to whoever reads a page or a row.
import type { Generation } from '../engines/engine.ts';
import type { Encoding } from '../odata/negotiate.ts';
import type { Preferences } from '../odata/parse-prefer.ts';
import type { Resource } from '../odata/wanted.ts';
import type { ReadPlan } from '../plan/read-plan.ts';

export interface Reading {
  readonly resource: Resource & { readonly kind: 'path' };
  readonly plan: ReadPlan;
  readonly encoding: Encoding;
  readonly preferences: Preferences;
  readonly generation: Generation;
  /** The absolute root that contexts are built on, without a slash at its end. */
  readonly root: string;
  /** The first request of the chain: what `now` means on all its pages. */
  readonly began: Date;
  /** Rows on the pages of this chain so far. */
  readonly served: number;
  /** What stays the same from page to page. */
  readonly chain: string;
}
