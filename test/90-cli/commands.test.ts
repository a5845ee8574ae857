// The command line from outside: what is printed where, and how it ends.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { SETTINGS, flagOf, type SettingName } from '../../src/settings/settings.ts';
import { runProgram } from './run-program.ts';

const toEnd = async (args: readonly string[], environment = {}) => {
  const program = runProgram(args, environment);
  const { code } = await program.ended;
  return { code, stdout: program.stdout(), stderr: program.stderr() };
};

describe('the command line', () => {
  test.each([[['help']], [['--help']], [[]]])('%j lists the commands', async (args) => {
    const { code, stdout } = await toEnd(args);
    expect(code).toBe(0);
    for (const command of [
      'demo',
      'serve',
      'snapshot',
      'status',
      'doctor',
      'rollback',
      'subject',
      'query',
      'print',
      'help',
    ])
      expect(stdout).toContain(`  ${command}`);
  });

  test.each([[['help', 'serve']], [['serve', '--help']]])('%j lists its settings', async (args) => {
    const { stdout } = await toEnd(args);
    expect(stdout).toContain('--page-rows');
    expect(stdout).not.toContain('--devices');
  });

  test('print settings shows each of them, and what the environment says', async () => {
    const { stdout } = await toEnd(['print', 'settings'], { FLEETFEED_PORT: '4005' });
    for (const name of Object.keys(SETTINGS) as SettingName[]) {
      if (!('secret' in SETTINGS[name])) expect(stdout).toContain(flagOf(name));
    }
    expect(stdout).toContain('Now 4005 (default 4004).');
  });

  test('print metadata is the document that is served', async () => {
    const { stdout } = await toEnd(['print', 'metadata']);
    expect(stdout).toMatch(/^<\?xml[^]*<\/edmx:Edmx>\s*$/);
  });

  test('print roles shows what each sees, those of a file first', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fleetfeed-roles-'));
    const path = join(folder, 'roles.json');
    writeFileSync(path, '{"helpdesk": {"collections": ["users"], "personal": ["upn"]}}');
    const { stdout } = await toEnd(['print', 'roles', '--roles', path]);
    rmSync(folder, { recursive: true });
    expect(stdout).toMatch(/^helpdesk\n.*: users/);
    expect(stdout).toContain('users.displayName');
    expect(stdout.match(/^\w+$/gm)).toEqual(['helpdesk', 'analyst', 'reader', 'auditor', 'operator']);
  });

  test.each([
    [['srve'], 2, "There is no command 'srve'. Did you mean 'serve'?"],
    [['serve', 'now'], 2, "'now' is not expected after 'serve'."],
    [['serve', '--prot', '1'], 2, "There is no --prot. Did you mean '--port'?"],
    [['serve', '--port', 'x'], 2, '--port must be a whole number'],
    [['print', 'nonsense'], 1, "There is no 'nonsense' to print."],
    [
      ['print', 'roles', '--roles', '/nonexistent.json'],
      1,
      "The file of roles '/nonexistent.json' cannot be read.",
    ],
    [['keys', 'add', 'x', '--key-role', 'raeder'], 1, "There is no role 'raeder'. Did you mean 'reader'?"],
    [['snapshot'], 1, 'Not set: FLEETFEED_TENANT_ID, FLEETFEED_CLIENT_ID, FLEETFEED_CLIENT_SECRET.'],
    [['serve', '--schedule', 'off', '--host', '0.0.0.0'], 1, '--host 127.0.0.1'],
    [['demo', '--data', '/dev/null', '--devices', '1'], 1, 'The machine refused: '],
    [['demo', '--host', '0.0.0.0', '--data', '/nonexistent/x'], 1, 'nothing was started'],
  ])('%j ends with %i and one sentence', async (args, code, sentence) => {
    const ended = await toEnd(args);
    expect(ended.code).toBe(code);
    expect(ended.stderr).toContain(sentence);
    expect(ended.stderr.trim().split('\n')).toHaveLength(1);
    expect(ended.stdout).toBe('');
  });
});
