// `doctor`: checks everything that runs and the feed need, and says what to do.
import { systemClock } from '../../base/clock.ts';
import { defineCommand } from './command.ts';
import { checkExposure, checkKeys, checkSignIn } from '../doctor/check-access.ts';
import { checkFolder, checkSecretFiles } from '../doctor/check-folder.ts';
import { checkGraph } from '../doctor/check-graph.ts';
import { checkCertificate, checkPort } from '../doctor/check-listening.ts';
import { checkGeneration, checkSchedule } from '../doctor/check-runs.ts';
import { failedCheck, type Check, type CheckResult } from '../doctor/check-result.ts';
import { countOf } from '../text/count-of.ts';
import { print } from '../process/terminal.ts';
import { SERVE_SETTINGS, type ServeSettings } from './serve.ts';

/** With their subjects, in the order of the report. */
const CHECKS: readonly (readonly [subject: string, check: Check])[] = [
  ['folder', checkFolder],
  ['secrets', checkSecretFiles],
  ['access', checkExposure],
  ['API keys', checkKeys],
  ['sign-in', checkSignIn],
  ['port', checkPort],
  ['TLS', checkCertificate],
  ['Graph', checkGraph],
  ['snapshot', checkGeneration],
  ['schedule', checkSchedule],
];

export const doctor = defineCommand({
  help: 'Checks what runs and the feed need, and says what to do; ends with 1 if a check fails.',
  settings: SERVE_SETTINGS,
  run: async (settings) => {
    const results: CheckResult[] = [];
    for (const [subject, check] of CHECKS) {
      for (const result of await runCheck(subject, check, settings)) {
        results.push(result);
        print(`${result.status.padEnd(4)}  ${result.subject.padEnd(8)}  ${result.message}`);
      }
    }
    const count = (status: CheckResult['status']): number =>
      results.filter((result) => result.status === status).length;
    print(`${count('ok')} ok, ${countOf(count('warn'), 'warning')}, ${count('fail')} failed.`);
    if (count('fail') > 0) process.exitCode = 1;
  },
});

async function runCheck(
  subject: string,
  check: Check,
  settings: ServeSettings,
): Promise<readonly CheckResult[]> {
  try {
    return await check(settings, systemClock);
  } catch (error) {
    return [failedCheck(subject, error)];
  }
}
