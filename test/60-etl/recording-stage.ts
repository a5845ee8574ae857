// A stage that only remembers what was brought to it: the edge of the harvest, not a database.
import type { Row } from '../../schema/words.ts';
import type { GenerationBuild, StagedRow } from '../../src/engines/generation-build.ts';

export interface RecordingStage extends GenerationBuild {
  /** All rows appended to a collection, in their order. */
  readonly rowsOf: (collection: string) => readonly StagedRow[];
  /** What further sources told of a collection's things, in their order. */
  readonly supplementsOf: (collection: string) => readonly StagedRow[];
}

/** `existing` is what the last night left, by collection. */
export function recordingStage(existing: Readonly<Record<string, readonly Row[]>> = {}): RecordingStage {
  const appended = new Map<string, StagedRow[]>();
  const supplemented = new Map<string, StagedRow[]>();
  const notHere = (): never => {
    throw new Error('The harvest appends; the rest is the business of others.');
  };
  return {
    dateKey: 20261120,
    baseRows: ({ name }) => existing[name] ?? [],
    append({ name }, rows) {
      appended.set(name, [...(appended.get(name) ?? []), ...rows]);
    },
    enrich({ name }, rows) {
      supplemented.set(name, [...(supplemented.get(name) ?? []), ...rows]);
    },
    rowsOf: (collection) => appended.get(collection) ?? [],
    supplementsOf: (collection) => supplemented.get(collection) ?? [],
    tombstones: [],
    privacyProfile: null,
    applyPrivacyProfile: notHere,
    erase: notHere,
    leaversSince: notHere,
    removeTombstones: notHere,
    merge: notHere,
    trim: notHere,
    verify: notHere,
    publish: notHere,
    quarantine: notHere,
    discard: notHere,
  };
}
