// What a fuzz run looks for in answers: keys of callers who may see nothing personal, and all personal values.
import Database from 'better-sqlite3';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import { makeKey } from '../../src/auth/api-key.ts';
import { openKeyFile } from '../../src/auth/key-file.ts';
import { listGenerations } from '../../src/engines/sqlite/generations/generation-files.ts';
import type { FuzzTarget } from './fuzz.ts';

// Each answer is searched for each of them.
const MAX_VALUES = 200;
// Shorter values may be part of any word.
const MIN_LETTERS = 9;

/** Writes the keys into the warehouse's folder. */
export function plantSecrets(dataDir: string): Pick<FuzzTarget, 'keys' | 'personal'> {
  const [reader, operator] = [plantKey('reader'), plantKey('operator')];
  openKeyFile(dataDir).write([reader.stored, operator.stored]);
  return { keys: [reader.text, reader.text, operator.text], personal: personalValues(dataDir) };
}

function plantKey(role: string) {
  return makeKey({ label: role, role, createdAt: new Date(0), expiresAt: null });
}

function personalValues(dataDir: string): readonly string[] {
  const database = new Database(listGenerations(dataDir)[0]?.path ?? '', { readonly: true });
  try {
    const values = [...MODEL.entities.values()].flatMap(({ name, properties }) =>
      Object.entries(properties)
        .filter(([, { personal }]) => personal !== undefined)
        .flatMap(([column]) =>
          database
            .prepare<[], string>(
              `SELECT DISTINCT "${column}" FROM "${name}" WHERE length("${column}") >= ${MIN_LETTERS}`,
            )
            .pluck()
            .all(),
        ),
    );
    const all = [...new Set(values)];
    const step = Math.max(Math.floor(all.length / MAX_VALUES), 1);
    return all.filter((_, index) => index % step === 0);
  } finally {
    database.close();
  }
}
