// Each observation as a sentence for people, and how much it matters.
import { absurd } from '../base/absurd.ts';
import type { Observation } from '../base/observation.ts';

export type Level = 'info' | 'warning' | 'error';

export const LEVELS = {
  'server.listening': 'info',
  'server.stopped': 'info',
  'server.certificate': 'warning',
  'request.answered': 'info',
  'request.defect': 'error',
  'audit.unwritable': 'error',
  'audit.restored': 'info',
  'engine.generation': 'info',
  'engine.worker-replaced': 'warning',
  'night.started': 'info',
  'night.stage': 'info',
  'night.progress': 'info',
  'night.retry': 'warning',
  'night.problem': 'warning',
  'night.published': 'info',
  'night.failed': 'error',
  'schedule.next': 'info',
} as const satisfies Record<Observation['kind'], Level>;

export function sentenceFor(seen: Observation): string {
  switch (seen.kind) {
    case 'server.listening':
      return `Listening on ${seen.url}.`;
    case 'server.stopped':
      return 'Stopped.';
    case 'server.certificate':
      return seen.problem === null
        ? 'The certificate was changed: new connections get the new one.'
        : `The certificate was changed and cannot be used; the one before is still shown. ${seen.problem}`;
    case 'request.answered': {
      const code = seen.code === undefined ? '' : ` ${seen.code}`;
      const who = seen.caller === null ? '' : ` by ${seen.caller}`;
      const much = `${seen.rows} rows, ${seen.bytes} bytes, ${seen.milliseconds.toFixed(1)} ms`;
      return `${seen.method} ${seen.shape}${who}: ${seen.status}${code} (${much}${seen.whole ? '' : ', cut off'}).`;
    }
    case 'request.defect':
      return `A fault of the feed itself in request ${seen.requestId}: ${seen.error.stack ?? seen.error.message}`;
    case 'audit.unwritable':
      return `The audit cannot be written: ${seen.error.message}`;
    case 'audit.restored':
      return `The audit is written again; ${seen.lost} lines are lost.`;
    case 'engine.generation':
      return `Serving generation ${seen.generation} of night ${seen.dateKey}.`;
    case 'engine.worker-replaced':
      return `A reading thread was replaced: ${seen.reason}.`;
    case 'night.started':
      return `Night ${seen.dateKey} begins.`;
    case 'night.stage':
      return `Night: ${seen.stage} took ${seen.milliseconds.toFixed(0)} ms.`;
    case 'night.progress':
      return `Night: ${seen.source}: ${seen.rows}${seen.total === null ? '' : ` of ${seen.total}`} rows.`;
    case 'night.retry':
      return `Night: ${seen.source}: ${seen.reason}; again in ${seen.delayMs} ms.`;
    case 'night.problem':
      return `Night: ${seen.source}: ${seen.message}`;
    case 'night.published':
      return `Night ${seen.dateKey} is published as generation ${seen.generation} (${seen.milliseconds.toFixed(0)} ms).`;
    case 'night.failed':
      return `Night ${seen.dateKey} failed: ${seen.error.message}`;
    case 'schedule.next':
      return `The next night runs at ${seen.at}.`;
    default:
      return absurd(seen);
  }
}
