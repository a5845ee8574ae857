// Pipes and devices in the place of files: refused at once, since reading them may never end.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { runProgram } from './run-program.ts';

const folder = mkdtempSync(join(tmpdir(), 'fleetfeed-special-'));
const pipe = join(folder, 'pipe');
execFileSync('mkfifo', [pipe]);
afterAll(() => rmSync(folder, { recursive: true }));

const REASON = 'is not a regular file.';

test.each<[readonly string[], Readonly<Record<string, string>>, number, string]>([
  [['print', 'settings', '--config', pipe], {}, 2, `The settings file '${pipe}' ${REASON}`],
  [['print', 'settings', '--config', '/dev/zero'], {}, 2, `The settings file '/dev/zero' ${REASON}`],
  [['print', 'settings'], { FLEETFEED_CONFIG: pipe }, 2, `The settings file '${pipe}' ${REASON}`],
  [
    ['print', 'settings'],
    { FLEETFEED_CLIENT_SECRET_FILE: pipe },
    2,
    `FLEETFEED_CLIENT_SECRET_FILE names '${pipe}', which ${REASON}`,
  ],
  [['print', 'roles', '--roles', '/dev/zero'], {}, 1, `The file of roles '/dev/zero' ${REASON}`],
  [
    ['serve', '--schedule', 'off', '--port', '0', '--tls-cert', pipe, '--tls-key', pipe, '--data', folder],
    {},
    1,
    `--tls-cert names '${pipe}', which ${REASON}`,
  ],
])('%j with %j ends at once and says why', async (args, environment, expected, sentence) => {
  const program = runProgram(args, environment);
  const timer = setTimeout(() => program.kill('SIGKILL'), 20_000);
  const { code } = await program.ended;
  clearTimeout(timer);
  expect(program.stderr()).toContain(sentence);
  expect(code).toBe(expected);
});
