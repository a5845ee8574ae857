// `subject`: what the warehouse holds about one person, to hand out or to erase.
import { existsSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { makeRedact } from '../../../etl/privacy/make-redact.ts';
import { readMaskingSecret } from '../../../etl/privacy/masking-secret.ts';
import { MODEL } from '../../../schema/fleetfeed-model.ts';
import { profileOf } from '../../../schema/privacy-profile.ts';
import { systemClock } from '../../base/clock.ts';
import { FeedError } from '../../base/feed-error.ts';
import { subjectHash } from '../../engines/subject-hash.ts';
import { listGenerations, type StoredGeneration } from '../../engines/sqlite/generations/generation-files.ts';
import { feedEmpty } from '../../base/feed-empty.ts';
import { findPeople } from '../../engines/sqlite/privacy/find-people.ts';
import { readSubject } from '../../engines/sqlite/privacy/read-subject.ts';
import type { Person } from '../../engines/erasure.ts';
import type { Settings } from '../../settings/settings.ts';
import { migrateWarehouse } from '../wiring/migrate-warehouse.ts';
import { defineCommand, requiredPath, type CommandGroup } from './command.ts';
import { countOf } from '../text/count-of.ts';
import { subjectZip } from '../text/subject-zip.ts';
import { openTenantWarehouse } from '../wiring/tenant-etl.ts';
import { print, say } from '../process/terminal.ts';

interface FoundPerson {
  readonly person: Person;
  /** Where they were found. */
  readonly generation: StoredGeneration;
}

const SUBJECT_SETTINGS = ['data', 'keepGenerations'] as const;

type SubjectSettings = Pick<Settings, (typeof SUBJECT_SETTINGS)[number]>;

const PERSON = { help: 'a sign-in name, a mail address or an id as the directory has it.' };

const exportPerson = defineCommand({
  help: 'Writes every row about one person into a ZIP file, to hand out.',
  operands: { person: PERSON },
  settings: SUBJECT_SETTINGS,
  options: { to: requiredPath('The file to write; it must not exist.') },
  example: 'fleetfeed subject export adelevance@contoso.com --to adele.zip',
  run: (settings, { person: name, to }) => {
    if (existsSync(to)) throw badSubject(`'${to}' exists already.`, { hint: 'Name a file that does not.' });
    const { person, generation } = findSubject(settings, name);
    const subjectRows = readSubject(generation, MODEL, person);
    // Nobody else may read it, and no other file is overwritten.
    writeFileSync(to, subjectZip(subjectRows, { person, generation }), { mode: 0o600, flag: 'wx' });
    const rows = subjectRows.reduce((sum, each) => sum + each.rows.length, 0);
    const collections = subjectRows.filter((each) => each.rows.length > 0).length;
    say(`${countOf(rows, 'row')} of ${countOf(collections, 'collection')} are in '${to}'.`);
  },
});

const erasePerson = defineCommand({
  help: 'Erases what is personal of one person from every day and every generation.',
  operands: { person: PERSON },
  settings: SUBJECT_SETTINGS,
  switches: { yes: 'Erases without asking first.' },
  example: 'fleetfeed subject erase adelevance@contoso.com',
  run: async (settings, { person: name, yes }) => {
    const { person } = findSubject(settings, name);
    if (!yes) await confirmErasure(person);
    const { username } = userInfo();
    const { rows, generation } = openTenantWarehouse(settings).erase(person, username, systemClock.now());
    for (const [collection, changed] of rows) if (changed > 0) print(`${collection}: ${changed}`);
    say(
      `Erased. Generation ${generation.id} is served, and every earlier one is deleted: clients in the middle of a page ` +
        'chain get 410. Backups and exports made before still hold the person.',
    );
  },
});

export const subjectCommands: CommandGroup = {
  help: 'What the warehouse holds about one person: export it or erase it.',
  commands: { export: exportPerson, erase: erasePerson },
};

async function confirmErasure({ id }: Person): Promise<void> {
  if (!process.stdin.isTTY) {
    throw badSubject('There is no terminal to ask at.', { hint: 'Repeat with --yes if you are sure.' });
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const question =
    `This erases everything personal about ${id} from every day, and deletes all earlier generations. ` +
    "It cannot be undone. Type 'erase' to go on: ";
  try {
    const answer = await terminal.question(question);
    if (answer.trim() !== 'erase') throw badSubject('Nothing was erased.');
  } finally {
    terminal.close();
  }
}

/** Throws FeedError `feed.empty` before the first run, `setup.bad-setting` where `who` is nobody or more than one person. */
function findSubject(settings: SubjectSettings, who: string): FoundPerson {
  if (existsSync(settings.data)) migrateWarehouse(settings);
  const [generation] = listGenerations(settings.data);
  if (!generation) throw feedEmpty(settings.data);
  const secret = readMaskingSecret(settings.data);
  const masked = secret && makeRedact(profileOf('masked'), secret)('id', who);
  const spellings = [who.toLowerCase(), ...(masked === null ? [] : [masked])];
  const { people, wasErased } = findPeople(generation, MODEL, spellings, subjectHash(who));
  const [person, ...more] = people;
  if (!person) {
    throw wasErased
      ? badSubject(`The person with the id '${who}' is erased already.`)
      : badSubject(`Nobody in the warehouse is '${who}'.`, { hint: `Give ${PERSON.help}` });
  }
  if (more.length > 0) {
    throw badSubject(`'${who}' fits ${people.length} people.`, {
      hint: `Give the id of one: ${people.map(({ id }) => id).join(', ')}.`,
    });
  }
  return { person, generation };
}

function badSubject(message: string, detail: { readonly hint?: string } = {}): FeedError {
  return new FeedError('setup.bad-setting', message, detail);
}
