// The command line from outside: its outputs and exit codes.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { SETTINGS, SETTING_NAMES, flagOf } from '../../src/settings/settings.ts';
import { ALL_COMMANDS } from '../../src/cli/commands/all-commands.ts';
import { buildProgram } from '../../src/cli/line/build-program.ts';
import { UsageError } from '../../src/cli/line/usage-error.ts';
import { runProgram } from './run-program.ts';

const toEnd = async (args: readonly string[], environment = {}) => {
  const program = runProgram(args, environment);
  const { code } = await program.ended;
  return { code, stdout: program.stdout(), stderr: program.stderr() };
};

const COMMANDS: readonly (readonly string[])[] = Object.entries(ALL_COMMANDS).flatMap(([name, row]) =>
  'commands' in row ? Object.keys(row.commands).map((each) => [name, each]) : [[name]],
);

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

describe('the command line', () => {
  test.each([[['help']], [['--help']], [['-h']], [[]]])('%j lists the commands', async (args) => {
    const { code, stdout, stderr } = await toEnd(args);
    expect([code, stderr]).toEqual([0, '']);
    for (const command of [...Object.keys(ALL_COMMANDS), 'help']) expect(stdout).toMatch(`\n  ${command}`);
  });

  test.each([
    ['export', 'Usage: fleetfeed export [options] --to <path>\n'],
    ['subject export', 'Usage: fleetfeed subject export [options] --to <path> <person>\n'],
    ['print', 'Without a command it is print settings.\n'],
    ['keys', 'Without a command it is keys list.\n'],
  ])('help %s says %j', async (words, line) => {
    expect((await toEnd(['help', ...words.split(' ')])).stdout).toContain(line);
  });

  test.each([[['help', 'serve']], [['serve', '--help']]])('%j lists its settings', async (args) => {
    const { code, stdout } = await toEnd(args);
    expect(code).toBe(0);
    expect(stdout).toContain('--page-rows <number>');
    expect(stdout).toContain('Default: 4004.');
    expect(stdout).toContain('FLEETFEED_CLIENT_SECRET[_FILE]');
    expect(stdout).not.toContain('--devices');
  });

  test('--version prints the version', async () => {
    const path = fileURLToPath(new URL('../../package.json', import.meta.url));
    const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
    expect(await toEnd(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  test('print settings shows each setting, its value and where that comes from', async () => {
    const { stdout } = await toEnd(['print', 'settings'], { FLEETFEED_PORT: '4005' });
    for (const name of SETTING_NAMES)
      if (!('secret' in SETTINGS[name])) expect(stdout).toContain(flagOf(name));
    expect(stdout).toContain('Now 4005, from FLEETFEED_PORT; the default is 4004.');
  });

  test('print metadata is the document that is served', async () => {
    const { stdout } = await toEnd(['print', 'metadata']);
    expect(stdout).toMatch(/^<\?xml[^]*<\/edmx:Edmx>\s*$/);
  });

  test('print roles shows what each role sees, those of a file first', async () => {
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
    [
      ['print', 'roles', '--roles', '/nonexistent.json'],
      "The file of roles '/nonexistent.json' does not exist.",
    ],
    [['keys', 'add', 'x', '--key-role', 'raeder'], "There is no role 'raeder'. Did you mean 'reader'?"],
    [['snapshot'], 'Not set: FLEETFEED_TENANT_ID, FLEETFEED_CLIENT_ID, FLEETFEED_CLIENT_SECRET.'],
    [['serve', '--schedule', 'off', '--host', '0.0.0.0'], '--host 127.0.0.1'],
    [['keys', 'add', 'x', '--data', join(MAIN, 'x')], 'The machine refused: '],
    [['demo', '--host', '0.0.0.0', '--data', '/nonexistent/x'], 'nothing was started'],
  ])('%j ends with 1 and one sentence', async (args, sentence) => {
    const ended = await toEnd(args);
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toContain(sentence);
    expect(ended.stderr.trim().split('\n')).toHaveLength(1);
  });

  test('a line that means nothing ends with 2 and one sentence', async () => {
    expect(await toEnd(['serve', '--prot', '1'])).toEqual({
      code: 2,
      stdout: '',
      stderr:
        "'serve' has no flag '--prot'. Did you mean '--port'? 'fleetfeed help serve' shows what there is.\n",
    });
  });

  // Windows has no /bin/sh.
  const testHere = process.platform === 'win32' ? test.skip : test;

  testHere.each([['help serve'], ['print settings'], ['print metadata'], ['serve --prot 1 2>&1']])(
    '%s ends quietly where its reader stops early',
    async (line) => {
      const shell = spawn('/bin/sh', [
        '-c',
        `{ sleep 1; "$0" "$1" ${line}; echo "code $?" >&2; } | true`,
        process.execPath,
        MAIN,
      ]);
      let err = '';
      shell.stderr.on('data', (text: Buffer) => (err += text.toString()));
      await new Promise((resolve) => shell.on('close', resolve));
      expect(err).toBe(`code ${line.startsWith('serve') ? 2 : 0}\n`);
    },
  );

  test('a secret that is set as a variable and as a file is warned of', async () => {
    const environment = { FLEETFEED_CLIENT_SECRET: 'x', FLEETFEED_CLIENT_SECRET_FILE: '/nonexistent' };
    expect((await toEnd(['print', 'settings'], environment)).stderr).toBe(
      'FLEETFEED_CLIENT_SECRET and FLEETFEED_CLIENT_SECRET_FILE are both set; FLEETFEED_CLIENT_SECRET is used. Unset one.\n',
    );
  });

  test('a variable that is no setting is warned of, and its command runs', async () => {
    const { code, stderr } = await toEnd(['print', 'settings'], { FLEETFEED_PROT: '1' });
    expect(code).toBe(0);
    expect(stderr).toBe(
      "FLEETFEED_PROT is set, but there is no such setting. Did you mean 'FLEETFEED_PORT'?\n",
    );
  });

  test('a settings file is read, and a typo in it ends every command that has settings with 2', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fleetfeed-config-'));
    const path = join(folder, 'fleetfeed.json');
    writeFileSync(path, '{"port": 4006}');
    const shown = await toEnd(['print', 'settings', '--config', path]);
    expect(shown.stdout).toContain(`Now 4006, from '${path}'; the default is 4004.`);
    writeFileSync(path, '{"prot": 4006}');
    const refused = await toEnd(['status'], { FLEETFEED_CONFIG: path });
    expect(await toEnd(['print', 'limits'], { FLEETFEED_CONFIG: path })).toMatchObject({
      code: 0,
      stderr: '',
    });
    rmSync(folder, { recursive: true });
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain("There is no setting 'prot'. Did you mean 'port'?");
  });

  test('a command that npm runs takes paths as relative to where npm was called', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fleetfeed-from-'));
    const environment = { npm_lifecycle_event: 'fleetfeed', INIT_CWD: folder };
    await toEnd(['keys', 'add', 'x', '--data', 'here'], environment);
    expect(readFileSync(join(folder, 'here', 'keys.json'), 'utf8')).toContain('"label": "x"');
    rmSync(folder, { recursive: true });
  });
});

describe('a line', () => {
  async function refusalOf(args: readonly string[]): Promise<string> {
    try {
      await buildProgram(ALL_COMMANDS).parseAsync(args, { from: 'user' });
    } catch (error) {
      if (error instanceof UsageError) return error.message;
      throw error;
    }
    throw new Error('It was accepted.');
  }

  test.each([
    [['srve'], "There is no command 'srve'. Did you mean 'serve'? 'fleetfeed help' shows what there is."],
    [['nonsense', '--port', '1'], "There is no command 'nonsense'."],
    [['help', 'srve'], "There is no command 'srve'. Did you mean 'serve'?"],
    [['help', 'keys', 'ad'], "There is no command 'keys ad'. Did you mean 'keys add'?"],
    [['serve', 'now'], "'now' is not expected after 'serve'."],
    [['keys', 'list', 'foo'], "'foo' is not expected after 'keys list'."],
    [['keys', 'forge', 'x'], "There is no command 'keys forge'. 'fleetfeed help keys' shows what there is."],
    [['keys', 'add', 'a', 'b'], "'b' is not expected after 'keys add'."],
    [['print', 'roels'], "There is no command 'print roels'. Did you mean 'print roles'?"],
    [['print', '--port', '1', 'limits'], "'print limits' has no flag '--port'."],
    [['query', '--data', 'x', 'beta/devices', 'y'], "'y' is not expected after 'query'."],
    [['subject'], "'subject' is followed by export or erase."],
    [['subject', 'earse', 'x'], "There is no command 'subject earse'. Did you mean 'subject erase'?"],
    [['subject', 'export', 'x'], "'subject export' needs --to <path>."],
    [['export'], "'export' needs --to <path>."],
    [['export', '--to', 'x', '--format', 'xls'], "--format must be 'csv' or 'parquet', not 'xls'."],
    [['rollback', '--to', 'x'], "--to must be a whole number from 1 to 999999999, not 'x'."],
    [
      ['backup'],
      "'backup' needs <place>: the file to write, or a folder: an existing one, or a path that ends in /.",
    ],
    [['query'], "'query' needs <address>: an address of the feed, in quotes."],
    [['keys', 'add'], "'keys add' needs <purpose>: what the key is for."],
    [['keys', 'add', ' '], "'keys add' needs <purpose>: what the key is for."],
    [['backup', ''], "'backup' needs <place>: "],
    [['restore', ''], "'restore' needs <file>: the file of a backup."],
    [['backup', 'x'.repeat(256)], `<place> must be a path, not '${'x'.repeat(60)}…'.`],
    [['-v', 'x'], "There is no command 'x'."],
    [['-v', 'keys', 'list'], "'keys' is not expected after --version."],
    [['--version', '--prot'], "'fleetfeed' has no flag '--prot'."],
    [['serve', '--frobnicate'], "'serve' has no flag '--frobnicate'. 'fleetfeed help serve'"],
    [['serve', '--devices', '5'], "'serve' has no flag '--devices'."],
    [['status', '--workers', '5'], "'status' has no flag '--workers'."],
    [['--port', '1', 'serve'], '--port has to follow a command.'],
    [['serve', '--port'], '--port must be a whole number from 0 to 65535, but nothing follows it.'],
    [['serve', '--data', '--port', '1'], '--data must be a path, but nothing follows it.'],
    [['serve', '--port', 'x'], "--port must be a whole number from 0 to 65535, not 'x'."],
    [['serve', '--port=x'], "--port must be a whole number from 0 to 65535, not 'x'."],
    [['serve', '-x'], "'serve' has no flag '-x'."],
    [['serve', '--config='], "--config must be a path, not ''."],
    [['version'], "There is no command 'version'. Did you mean '--version'?"],
    [['-V'], "'fleetfeed' has no flag '-V'. Did you mean '-v'?"],
    [['snapshot', '--accept=yes'], '--accept takes no value.'],
    [['query', '--explain=1', 'beta/devices'], '--explain takes no value.'],
    [['serve', '--help=1'], '--help takes no value.'],
    [
      ['serve', '--retention', 'forever,devicePropertyHistory=3d'],
      "--retention names 'devicePropertyHistory', and there is no such collection. Did you mean 'devicePropertyHistories'?",
    ],
    [
      ['doctor', '--retention', 'foo=3d'],
      "--retention names 'foo', and there is no such collection. 'fleetfeed print collections' lists them.",
    ],
    [['print', '--retention', 'foo=3d'], "--retention names 'foo', and there is no such collection."],
    [['status', '--data', MAIN], `--data must be a folder, and '${MAIN}' is a file.`],
    [['doctor', '--data', MAIN], `--data must be a folder, and '${MAIN}' is a file.`],
  ])('%j is refused with a sentence that says what would be right', async (args, sentence) => {
    expect(await refusalOf(args)).toContain(sentence);
  });

  test.each(COMMANDS.map((words) => [words]))(
    '%j takes no word and no flag that it does not declare',
    async (words) => {
      const row = ALL_COMMANDS[words[0] ?? '']!;
      const command = 'commands' in row ? row.commands[words[1] ?? '']! : row;
      const operands = Object.keys(command.operands ?? {});
      const flags = 'to' in (command.options ?? {}) ? ['--to', '1'] : [];
      const one = "is not expected after '" + words.join(' ');
      expect(await refusalOf([...words, ...flags, ...operands, 'one-more'])).toContain(`'one-more' ${one}`);
      expect(await refusalOf([...words, ...flags, '--nonsense'])).toContain(
        `'${words.join(' ')}' has no flag '--nonsense'.`,
      );
      if (operands.length > 0)
        expect(await refusalOf([...words, ...flags])).toContain(`needs <${operands[0]}>`);
    },
  );

  test.each([['--client-secret', 'hunter2'], ['--client-secret=hunter2']])(
    'with a secret as a flag (%s) is refused, and does not quote it',
    async (...words) => {
      const sentence = await refusalOf(['serve', ...words]);
      expect(sentence).toContain(
        '--client-secret would show a secret to everyone on this machine: set FLEETFEED_CLIENT_SECRET or FLEETFEED_CLIENT_SECRET_FILE.',
      );
      expect(sentence).not.toContain('hunter2');
    },
  );

  test.each([[['keys']], [['keys', 'add']], [['backup']]])(
    '%j has a help, by a flag or by a word',
    async (words) => {
      const byFlag = await toEnd([...words, '--help']);
      expect(byFlag).toMatchObject({ code: 0, stderr: '' });
      expect(byFlag.stdout).toContain(`Usage: fleetfeed ${words.join(' ')}`);
      expect(await toEnd(['help', ...words])).toEqual(byFlag);
    },
  );
});

describe('flags and words come in any order', () => {
  const data = '/nonexistent/fleetfeed';

  test.each([
    [['query', 'beta/devices', '--data', data]],
    [['query', '--data', data, 'beta/devices']],
    [['query', `--data=${data}`, '--explain', 'beta/devices', '--as=reader']],
  ])('%j reads the address', async (args) => {
    expect(await toEnd(args)).toMatchObject({ code: 1, stderr: expect.stringContaining('feed.empty') });
  });

  test.each([
    [['keys', '--data', data]],
    [['keys', 'list', '--data', data]],
    [['keys', '--data', data, 'list']],
  ])('%j lists the keys of the folder', async (args) => {
    expect(await toEnd(args)).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(`There is no key in '${data}'.`),
    });
  });
});
