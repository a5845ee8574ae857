// fleetfeed keys add|list|revoke: API keys for clients that cannot sign in.
import { makeKey, type StoredKey } from '../../auth/api-key.ts';
import { openKeyFile } from '../../auth/key-file.ts';
import { roleNamed } from '../../auth/roles.ts';
import { FeedError } from '../../base/feed-error.ts';
import type { Settings } from '../../settings/settings.ts';
import { clockOf } from '../wiring/clock-of.ts';
import type { Command } from './command.ts';
import { rolesOf } from '../wiring/roles-of.ts';
import { print, say } from '../process/terminal.ts';

const DAY_MS = 86_400_000;

const ACTIONS: ReadonlyMap<string, (settings: Settings, about: string | undefined) => void> = new Map([
  ['add', add],
  ['list', list],
  ['revoke', revoke],
]);

export const keys: Command = {
  help: 'API keys: `keys add <what for>`, `keys list`, `keys revoke <id>`.',
  operands: ['add|list|revoke', '<what for or id>'],
  settings: ['data', 'roles', 'keyRole', 'keyDays', 'today'],
  run: (settings, [verb = 'list', about]) => {
    const act = ACTIONS.get(verb);
    if (act) act(settings, about);
    else {
      throw new FeedError('setup.bad-setting', `Keys are not to '${verb}'.`, {
        target: verb,
        hint: "Say 'keys add', 'keys list' or 'keys revoke'.",
      });
    }
  },
};

function add(settings: Settings, label: string | undefined): void {
  if (label === undefined)
    throw missingOperand(
      'It is not said what the key is for.',
      "fleetfeed keys add 'Power BI of the finance team'",
    );
  const { name: role } = roleNamed(rolesOf(settings), settings.keyRole, '--key-role');
  const createdAt = clockOf(settings).now();
  const expiresAt = settings.keyDays === 0 ? null : new Date(createdAt.getTime() + settings.keyDays * DAY_MS);
  const { text, stored } = makeKey({ label, role, createdAt, expiresAt });
  const file = openKeyFile(settings.data);
  file.write([...file.keys(), stored]);
  say(
    `A key for ${stored.role}s, ${expiresAt ? `good until ${stored.expiresAt ?? ''}` : 'without end'}. It is shown this once:`,
  );
  print(text);
}

function list({ data, ...settings }: Settings): void {
  const now = clockOf(settings).now();
  const rows = openKeyFile(data)
    .keys()
    .map((key) => [key.id, key.role.padEnd(8), keyState(key, now).padEnd(24), key.label]);
  if (rows.length === 0) say("There is no key. 'fleetfeed keys add <what for>' makes one.");
  for (const row of rows) print(row.join('  '));
}

function revoke(settings: Settings, id: string | undefined): void {
  if (id === undefined)
    throw missingOperand('It is not said which key.', 'fleetfeed keys revoke 4f1c09ab77d2');
  const file = openKeyFile(settings.data);
  const keys = file.keys();
  if (!keys.some((key) => key.id === id)) {
    throw new FeedError('setup.bad-setting', `There is no key '${id}'.`, {
      target: id,
      hint: "'fleetfeed keys list' shows their ids.",
    });
  }
  const revokedAt = clockOf(settings).now().toISOString();
  file.write(keys.map((key) => (key.id === id ? { ...key, revokedAt: key.revokedAt ?? revokedAt } : key)));
  say(`The key ${id} is refused from now on.`);
}

function keyState({ expiresAt, revokedAt }: StoredKey, now: Date): string {
  if (revokedAt !== null) return `revoked ${revokedAt.slice(0, 10)}`;
  if (expiresAt === null) return 'in force';
  return Date.parse(expiresAt) <= now.getTime()
    ? `expired ${expiresAt.slice(0, 10)}`
    : `until ${expiresAt.slice(0, 10)}`;
}

function missingOperand(message: string, example: string): FeedError {
  return new FeedError('setup.bad-setting', message, { hint: `For example: ${example}` });
}
