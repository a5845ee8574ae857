// `npm start` as a user or a supervisor runs it: npm, a shell, and the feed.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as passes } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

test('npm start prints one line with the feed, and SIGTERM to npm ends the feed within five seconds', async () => {
  const data = mkdtempSync(join(tmpdir(), 'fleetfeed-npm-'));
  const args = ['start', '--silent', '--', '--port', '0', '--data', data, '--devices', '30', '--nights', '2'];
  const npm = spawn('npm', args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let out = '';
      npm.stdout.on('data', (text: Buffer) => {
        out += text.toString();
        const line = /^Feed: (http:\S+)\n/m.exec(out);
        if (line?.[1] !== undefined) resolve(line[1]);
      });
      npm.once('close', () => reject(new Error(`It ended with no more than: ${out}`)));
    });
    expect((await fetch(url)).status).toBe(200);

    npm.kill('SIGTERM');
    const until = performance.now() + 5000;
    let answers = true;
    while (answers && performance.now() < until) {
      await passes(100);
      answers = await fetch(url).then(
        () => true,
        () => false,
      );
    }
    expect(answers).toBe(false);
  } finally {
    npm.kill('SIGKILL');
    rmSync(data, { recursive: true, force: true });
  }
});
