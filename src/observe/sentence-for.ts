// Each observation as a sentence for people, and how much it matters.
import { assertNever } from '../base/assert-never.ts';
import type { Observation } from '../base/observation.ts';

export type LogLevel = 'info' | 'warning' | 'error';

export const LOG_LEVELS = {
  'server.listening': 'info',
  'server.stopped': 'info',
  'server.certificate': 'warning',
  'request.answered': 'info',
  'request.defect': 'error',
  'audit.unwritable': 'error',
  'audit.restored': 'info',
  'engine.generation': 'info',
  'engine.worker-replaced': 'warning',
  'run.started': 'info',
  'run.phase': 'info',
  'run.progress': 'info',
  'run.retry': 'warning',
  'run.problem': 'warning',
  'run.published': 'info',
  'run.failed': 'error',
  'schedule.next': 'info',
} as const satisfies Record<Observation['kind'], LogLevel>;

export function sentenceFor(observation: Observation): string {
  switch (observation.kind) {
    case 'server.listening':
      return `Listening on ${observation.url}.`;
    case 'server.stopped':
      return 'Stopped.';
    case 'server.certificate':
      return observation.problem === null
        ? 'The certificate was changed: new connections get the new one.'
        : `The certificate was changed and cannot be used; the one before stays in use. ${observation.problem}`;
    case 'request.answered': {
      const code = observation.code === undefined ? '' : ` ${observation.code}`;
      const who = observation.caller === null ? '' : ` by ${observation.caller}`;
      const size = `${observation.rows} rows, ${observation.bytes} bytes, ${observation.milliseconds.toFixed(1)} ms`;
      return `${observation.method} ${observation.shape}${who}: ${observation.status}${code} (${size}${observation.whole ? '' : ', cut off'}).`;
    }
    case 'request.defect':
      return `Internal error in request ${observation.requestId}: ${observation.error.stack ?? observation.error.message}`;
    case 'audit.unwritable':
      return `The audit cannot be written: ${observation.error.message}`;
    case 'audit.restored':
      return `The audit is written again; ${observation.lost} lines were lost.`;
    case 'engine.generation':
      return `Serving generation ${observation.generation} of snapshot day ${observation.dateKey}.`;
    case 'engine.worker-replaced':
      return `A reading thread was replaced: ${observation.reason}.`;
    case 'run.started':
      return `Run of ${observation.dateKey} started.`;
    case 'run.phase':
      return `Run: ${observation.phase} took ${observation.milliseconds.toFixed(0)} ms.`;
    case 'run.progress':
      return `Run: ${observation.source}: ${observation.rows}${observation.total === null ? '' : ` of ${observation.total}`} rows.`;
    case 'run.retry':
      return `Run: ${observation.source}: ${observation.reason}; the next attempt is in ${observation.delayMs} ms.`;
    case 'run.problem':
      return `Run: ${observation.source}: ${observation.message}`;
    case 'run.published':
      return `Run of ${observation.dateKey} published as generation ${observation.generation} (${observation.milliseconds.toFixed(0)} ms).`;
    case 'run.failed':
      return `Run of ${observation.dateKey} failed: ${observation.error.message}`;
    case 'schedule.next':
      return `The next run is due at ${observation.at}.`;
    default:
      return assertNever(observation);
  }
}
