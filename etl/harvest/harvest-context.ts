// What every part of the harvest works with.
import type { Staging } from '../../src/engines/staging.ts';
import type { GraphAccess } from '../graph/graph-client.ts';
import type { KeyOf } from '../transform/lookups.ts';
import type { ReportExports } from './report-exports.ts';
import type { SourceResults } from './source-results.ts';
import type { StringPool } from './memory/string-pool.ts';

export interface HarvestContext extends GraphAccess {
  readonly staging: Staging;
  readonly results: SourceResults;
  readonly keyOf: KeyOf;
  /** The Entra ids of devices, shared by several sources. */
  readonly entraIds: StringPool;
  /** Null when exports are switched off. */
  readonly reportExports: ReportExports | null;
}
