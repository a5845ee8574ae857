// Erasure: the personal data that a generation keeps, and taking it out.
import type { PersonalKind } from '../../schema/entity.ts';
import type { PrivacyProfile } from '../../schema/privacy-profile.ts';
import type { DateKey } from '../base/date-key.ts';

/** Someone in the warehouse: our key, and the source's identifier. */
export interface Person {
  readonly key: number;
  readonly id: string;
}

/** Someone who was erased. */
export interface Tombstone {
  /** `subjectHash` of the id. */
  readonly hash: string;
  /** Replaces the id everywhere. */
  readonly placeholder: string;
  /** Erased on request. Otherwise they had left, and are new people should the directory list them again. */
  readonly forGood: boolean;
}

/** Returns what is stored in place of a personal value; null for nothing. */
export type Redact = (kind: PersonalKind, value: string) => string | null;

export interface ErasureOptions {
  readonly at: Date;
  /** As in `Tombstone`. */
  readonly forGood: boolean;
}

export interface ErasureCounts {
  readonly people: number;
  /** By collection, rows that held personal data of them. */
  readonly rows: ReadonlyMap<string, number>;
}

export interface Erasure {
  /** Those of the base generation. Whoever stages rows must replace these people's ids by their placeholders. */
  readonly tombstones: readonly Tombstone[];
  /**
   * Removes the personal data of these people from every day and from the journal. Their rows stay and still count. The
   * freed space is overwritten when the build is published.
   */
  erase(people: readonly Person[], options: ErasureOptions): ErasureCounts;
  /** People who were found to have left on that day or before, and are not erased yet. */
  leaversSince(day: DateKey): readonly Person[];
  /** From the next run on, someone with such an id is a new person. */
  removeTombstones(hashes: readonly string[]): void;
  /** The profile of the base generation; null where none was ever set, and everything is kept. */
  readonly privacyProfile: PrivacyProfile | null;
  /** Redacts the past where the profile is stricter than before. Later generations keep the profile. */
  applyPrivacyProfile(profile: PrivacyProfile, redact: Redact): void;
}
