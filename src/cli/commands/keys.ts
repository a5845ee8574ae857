// `keys`: API keys for clients that cannot sign in.
import { makeKey, type StoredKey } from '../../auth/api-key.ts';
import { openKeyFile } from '../../auth/key-file.ts';
import { roleNamed } from '../../auth/roles.ts';
import { FeedError } from '../../base/feed-error.ts';
import { text, wholeNumber } from '../../settings/setting.ts';
import { print, say } from '../process/terminal.ts';
import { clockOf } from '../wiring/clock-of.ts';
import { rolesOf } from '../wiring/roles-of.ts';
import { defineCommand, type CommandGroup } from './command.ts';

const DAY_MS = 86_400_000;

const add = defineCommand({
  help: 'Makes a key and prints it, this once.',
  operands: { purpose: { help: 'what the key is for.' } },
  settings: ['data', 'roles', 'today'],
  options: {
    keyRole: text('reader', 'The role of the key.'),
    keyDays: wholeNumber(365, 0, 3650, 'Days until the key expires; 0 for never.'),
  },
  example: "fleetfeed keys add 'Power BI of the finance team'",
  run: (settings, { purpose, keyRole, keyDays }) => {
    const { name: role } = roleNamed(rolesOf(settings), keyRole, '--key-role');
    const createdAt = clockOf(settings).now();
    const expiresAt = keyDays === 0 ? null : new Date(createdAt.getTime() + keyDays * DAY_MS);
    const key = makeKey({ label: purpose, role, createdAt, expiresAt });
    const file = openKeyFile(settings.data);
    file.write([...file.keys(), key.stored]);
    const validity =
      expiresAt === null ? 'It does not expire.' : `It is valid until ${expiresAt.toISOString()}.`;
    say(`This key has the role '${role}'. ${validity} It is not shown again:`);
    print(key.text);
  },
});

const list = defineCommand({
  help: 'Lists the keys: id, role, state and purpose.',
  settings: ['data', 'today'],
  run: (settings) => {
    const now = clockOf(settings).now();
    const rows = openKeyFile(settings.data)
      .keys()
      .map((key) => [key.id, key.role.padEnd(8), keyState(key, now).padEnd(24), key.label]);
    if (rows.length === 0)
      say(`There is no key in '${settings.data}'. 'fleetfeed keys add <purpose>' makes one.`);
    for (const row of rows) print(row.join('  '));
  },
});

const revoke = defineCommand({
  help: 'Revokes a key: the feed refuses it from then on.',
  operands: { id: { help: 'the id of a key, as keys list shows it.' } },
  settings: ['data', 'today'],
  example: 'fleetfeed keys revoke 4f1c09ab77d2',
  run: (settings, { id }) => {
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
  },
});

export const keyCommands: CommandGroup = {
  help: 'API keys, for clients that cannot sign in: add, list or revoke.',
  defaultCommand: 'list',
  commands: { add, list, revoke },
};

function keyState({ expiresAt, revokedAt }: StoredKey, now: Date): string {
  if (revokedAt !== null) return `revoked ${revokedAt.slice(0, 10)}`;
  if (expiresAt === null) return 'in force';
  const day = expiresAt.slice(0, 10);
  return Date.parse(expiresAt) <= now.getTime() ? `expired ${day}` : `until ${day}`;
}
