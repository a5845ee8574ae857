// `doctor`: looks at everything that nights and the feed need, and says in words what to do.
import { systemClock } from '../base/clock.ts';
import type { Settings } from '../settings/settings.ts';
import type { Command } from './command.ts';
import { checkExposure, checkKeys, checkSignIn } from './doctor/check-access.ts';
import { checkFolder, checkSecretFiles } from './doctor/check-folder.ts';
import { checkGraph } from './doctor/check-graph.ts';
import { checkCertificate, checkPort } from './doctor/check-listening.ts';
import { checkGeneration, checkSchedule } from './doctor/check-nights.ts';
import { failureOf, type Check, type Finding } from './doctor/finding.ts';
import { print } from './terminal.ts';
import { serve } from './serve.ts';

/** By what it is about, in the order in which it is told. */
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

export const doctor: Command = {
  help: 'Looks at all that nights and the feed need, and says what to do; ends with 1 when something fails.',
  settings: serve.settings,
  run: async (settings) => {
    const findings: Finding[] = [];
    for (const [subject, check] of CHECKS) {
      for (const finding of await examine(subject, check, settings)) {
        findings.push(finding);
        print(`${finding.verdict.padEnd(4)}  ${finding.subject.padEnd(8)}  ${finding.message}`);
      }
    }
    const count = (verdict: Finding['verdict']): number =>
      findings.filter((finding) => finding.verdict === verdict).length;
    print(`${count('ok')} well, ${count('warn')} to watch, ${count('fail')} to mend.`);
    if (count('fail') > 0) process.exitCode = 1;
  },
};

async function examine(subject: string, check: Check, settings: Settings): Promise<readonly Finding[]> {
  try {
    return await check(settings, systemClock);
  } catch (error) {
    return [failureOf(subject, error)];
  }
}
