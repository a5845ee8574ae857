// The vendor's contract, one line a property, as the tests compare with it.
import { readFileSync } from 'node:fs';
import type { FeedVersion } from '../../schema/entity.ts';

export interface ContractRow {
  readonly set: string;
  readonly ordinal: number;
  readonly property: string;
  readonly edmType: string;
  /** Place in the key, from 1; null outside the key. */
  readonly keyOrdinal: number | null;
  /** The lowest version that shows it. */
  readonly version: FeedVersion;
}

const lines = readFileSync(new URL('contract.tsv', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .slice(1);

export const CONTRACT: readonly ContractRow[] = lines.map((line) => {
  const [set = '', ordinal, property = '', edmType = '', keyOrdinal, version] = line.split('\t');
  return {
    set,
    ordinal: Number(ordinal),
    property,
    edmType,
    keyOrdinal: keyOrdinal ? Number(keyOrdinal) : null,
    version: version === 'beta' ? 'beta' : 'v1.0',
  };
});

/** Property names of each set in a version, in order. */
export function contractSets(version: FeedVersion): ReadonlyMap<string, readonly ContractRow[]> {
  const shown = CONTRACT.filter((row) => version === 'beta' || row.version === 'v1.0');
  return Map.groupBy(shown, ({ set }) => set);
}
