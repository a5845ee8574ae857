// What every part of the harvest works with.
import type { GenerationBuild } from '../../src/engines/generation-build.ts';
import type { Graph } from '../graph/client.ts';
import type { KeyOf } from '../transform/lookups.ts';
import type { Exports } from './exports.ts';
import type { Ledger } from './ledger.ts';
import type { Texts } from './texts.ts';

export interface Tools {
  readonly graph: Graph;
  readonly stage: GenerationBuild;
  readonly ledger: Ledger;
  readonly keyOf: KeyOf;
  /** Ids that devices have in Entra, which several sources tell. */
  readonly entraIds: Texts;
  /** Null where exports are switched off. */
  readonly exports: Exports | null;
}
