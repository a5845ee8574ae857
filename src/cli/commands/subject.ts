// `subject`: what the warehouse knows of one person, to hand out or to erase.
import { writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { makeRedact } from '../../../etl/privacy/make-redact.ts';
import { readMaskingSecret } from '../../../etl/privacy/masking-secret.ts';
import { MODEL } from '../../../schema/fleetfeed-model.ts';
import { profileOf } from '../../../schema/privacy-profile.ts';
import { systemClock } from '../../base/clock.ts';
import { FeedError } from '../../base/feed-error.ts';
import { feedEmpty } from '../../base/feed-empty.ts';
import { subjectHash } from '../../engines/subject-hash.ts';
import { listGenerations, type StoredGeneration } from '../../engines/sqlite/generations/generation-files.ts';
import { findPeople } from '../../engines/sqlite/privacy/find-people.ts';
import { readSubject } from '../../engines/sqlite/privacy/read-subject.ts';
import type { Person } from '../../engines/erasure.ts';
import type { Settings } from '../../settings/settings.ts';
import { migrateWarehouse } from '../wiring/migrate-warehouse.ts';
import type { Command } from './command.ts';
import { subjectZip } from '../text/subject-zip.ts';
import { openTenantWarehouse } from '../wiring/tenant-etl.ts';
import { print, say } from '../process/terminal.ts';

interface FoundPerson {
  readonly person: Person;
  /** Where they were found. */
  readonly generation: StoredGeneration;
}

export const subject: Command = {
  operands: ['export|erase', '<sign-in name, mail address or id>'],
  help: 'Hands out what is known of one person (export <who> --to file.zip), or erases it (erase <who>).',
  settings: ['data', 'keepGenerations', 'to'],
  switches: { yes: 'Erases without asking first.' },
  run: async (settings, [verb, who], switches) => {
    if ((verb !== 'export' && verb !== 'erase') || who === undefined) {
      throw badSubject('It is not said what to do, or with whom.', {
        hint: "Say 'subject export <who> --to file.zip' or 'subject erase <who>'.",
      });
    }
    if (verb === 'export') exportPerson(settings, who);
    else await erasePerson(settings, who, switches.has('yes'));
  },
};

function exportPerson(settings: Settings, who: string): void {
  const { to } = settings;
  if (to === null) throw badSubject('It is not said into which file.', { hint: 'Say --to file.zip.' });
  const { person, generation } = findSubject(settings, who);
  const subjectRows = readSubject(generation, MODEL, person);
  // Nobody else's to read, and no other file's end.
  writeFileSync(to, subjectZip(subjectRows, { person, generation }), { mode: 0o600, flag: 'wx' });
  const rows = subjectRows.reduce((sum, each) => sum + each.rows.length, 0);
  say(
    `${rows} rows of ${subjectRows.filter((each) => each.rows.length > 0).length} collections are in '${to}'.`,
  );
}

async function erasePerson(settings: Settings, who: string, isSure: boolean): Promise<void> {
  const { person } = findSubject(settings, who);
  if (!isSure) await confirmErasure(person);
  const { username } = userInfo();
  const { rows, generation } = openTenantWarehouse(settings).erase(person, username, systemClock.now());
  for (const [collection, changed] of rows) if (changed > 0) print(`${collection}: ${changed}`);
  say(
    `Erased; served is generation ${generation.id}, and those before it are gone: page chains that began on them end ` +
      'with 410. Backups and exports that were made before still hold the person.',
  );
}

async function confirmErasure({ id }: Person): Promise<void> {
  if (!process.stdin.isTTY) {
    throw badSubject('Nobody is there to be asked.', { hint: 'Say --yes where you are sure.' });
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const question =
    `Everything personal about ${id} is erased from every night, and no earlier generation is kept. ` +
    "It cannot be undone. Type 'erase' to go on: ";
  try {
    const answer = await terminal.question(question);
    if (answer.trim() !== 'erase') throw badSubject('Nothing was erased.', {});
  } finally {
    terminal.close();
  }
}

/** Throws FeedError `feed.empty` before the first night, `setup.bad-setting` where it is not one person who is meant. */
function findSubject(settings: Settings, who: string): FoundPerson {
  migrateWarehouse(settings);
  const [generation] = listGenerations(settings.data);
  if (!generation) throw feedEmpty(settings.data);
  const secret = readMaskingSecret(settings.data);
  const masked = secret && makeRedact(profileOf('masked'), secret)('id', who);
  const spellings = [who.toLowerCase(), ...(masked === null ? [] : [masked])];
  const { people, wasErased } = findPeople(generation, MODEL, spellings, subjectHash(who));
  const [person, ...more] = people;
  if (!person) {
    throw wasErased
      ? badSubject(`The person of the id '${who}' is erased already.`, {})
      : badSubject(`Nobody here is known as '${who}'.`, {
          hint: 'Give a sign-in name, a mail address or an id as the directory has it.',
        });
  }
  if (more.length > 0) {
    throw badSubject(`'${who}' is ${people.length} people.`, {
      hint: `Give the id of one: ${people.map(({ id }) => id).join(', ')}.`,
    });
  }
  return { person, generation };
}

function badSubject(message: string, more: { readonly hint?: string }): FeedError {
  return new FeedError('setup.bad-setting', message, more);
}
