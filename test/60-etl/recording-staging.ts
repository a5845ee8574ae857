// A staging area that only records what it is given: for tests of the harvest, without a database.
import type { Row } from '../../schema/entity.ts';
import type { StagedRow, Staging } from '../../src/engines/staging.ts';

export interface RecordingStaging extends Staging {
  /** All rows appended to a collection, in their order. */
  readonly rowsOf: (collection: string) => readonly StagedRow[];
  /** All rows of enrichment sources for a collection, in their order. */
  readonly enrichmentsOf: (collection: string) => readonly StagedRow[];
}

/** `existing` is the base generation, by collection. */
export function recordingStaging(existing: Readonly<Record<string, readonly Row[]>> = {}): RecordingStaging {
  const appended = new Map<string, StagedRow[]>();
  const enriched = new Map<string, StagedRow[]>();
  return {
    dateKey: 20261120,
    baseRows: ({ name }) => existing[name] ?? [],
    append({ name }, rows) {
      appended.set(name, [...(appended.get(name) ?? []), ...rows]);
    },
    enrich({ name }, rows) {
      enriched.set(name, [...(enriched.get(name) ?? []), ...rows]);
    },
    rowsOf: (collection) => appended.get(collection) ?? [],
    enrichmentsOf: (collection) => enriched.get(collection) ?? [],
  };
}
