// A stage that only remembers what was brought to it: the edge of the harvest, not a database.
import type { Row } from '../../schema/entity.ts';
import type { GenerationBuild, StagedRow } from '../../src/engines/generation-build.ts';

export interface RecordingStaging extends GenerationBuild {
  /** All rows appended to a collection, in their order. */
  readonly rowsOf: (collection: string) => readonly StagedRow[];
  /** What further sources told of a collection's things, in their order. */
  readonly enrichmentsOf: (collection: string) => readonly StagedRow[];
}

/** `existing` is what the last night left, by collection. */
export function recordingStaging(existing: Readonly<Record<string, readonly Row[]>> = {}): RecordingStaging {
  const appended = new Map<string, StagedRow[]>();
  const enriched = new Map<string, StagedRow[]>();
  const notSupported = (): never => {
    throw new Error('The harvest appends; the rest is the business of others.');
  };
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
    tombstones: [],
    privacyProfile: null,
    applyPrivacyProfile: notSupported,
    erase: notSupported,
    leaversSince: notSupported,
    removeTombstones: notSupported,
    merge: notSupported,
    trim: notSupported,
    verify: notSupported,
    publish: notSupported,
    quarantine: notSupported,
    discard: notSupported,
  };
}
