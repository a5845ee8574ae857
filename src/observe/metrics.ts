// Metrics: observations counted, in the Prometheus format. No label holds what a client sent.
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Observer } from '../base/observation.ts';

/** What is served. */
export interface ServedGeneration {
  readonly id: number;
  readonly publishedAt: string;
}

export interface Metrics {
  readonly observe: Observer;
  /** What has been counted by now, as text to be collected; and what is served, null before the first generation. */
  text(served: ServedGeneration | null): Promise<string>;
}

export const METRICS_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

// From a cached page to a statement that runs until its deadline.
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Counts since this process started. */
export function openMetrics(): Metrics {
  const registers = [new Registry()];
  const counter = (name: string, help: string, labelNames: readonly string[] = []): Counter =>
    new Counter({ name: `fleetfeed_${name}`, help, labelNames, registers });
  const gauge = (name: string, help: string): Gauge =>
    new Gauge({ name: `fleetfeed_${name}`, help, registers });
  const [registry] = registers as [Registry];
  collectDefaultMetrics({ register: registry });

  const requests = counter('requests_total', 'Requests answered, by status and by code of the error.', [
    'status',
    'code',
  ]);
  const duration = new Histogram({
    name: 'fleetfeed_request_duration_seconds',
    help: 'From the head of a request to the last byte of its answer.',
    buckets: SECONDS,
    registers,
  });
  const threadSeconds = counter('thread_seconds_total', 'Time that reading threads have worked.');
  const rows = counter('rows_sent_total', 'Rows sent.');
  const bytes = counter('bytes_sent_total', 'Bytes sent, before compression.');
  const cutOff = counter('answers_cut_off_total', 'Answers that were cut off.');
  const defects = counter('defects_total', 'Internal errors of the feed.');
  const threadsReplaced = counter('threads_replaced_total', 'Threads that ended unexpectedly.');
  const auditUnwritable = gauge('audit_unwritable', '1 while lines of the audit cannot be written.');
  const auditLost = counter('audit_lines_lost_total', 'Lines of the audit that were too many to wait.');
  const runs = counter('runs_total', 'Runs that ended, by outcome.', ['outcome']);
  const runDuration = gauge('run_duration_seconds', 'Duration of the last run that was published.');
  const retries = counter('run_retries_total', 'Requests to Microsoft Graph that runs repeated.');
  const problems = counter('run_problems_total', 'Problems that runs reported.');
  const generation = gauge('generation', 'Number of the generation that is served; 0 for none.');
  const publishedAt = gauge('snapshot_timestamp_seconds', 'When what is served was published; 0 for never.');

  return {
    observe(observation) {
      switch (observation.kind) {
        case 'request.answered':
          requests.inc({ status: observation.status, code: observation.code ?? '' });
          duration.observe(observation.milliseconds / 1000);
          threadSeconds.inc(observation.workerMs / 1000);
          rows.inc(observation.rows);
          bytes.inc(observation.bytes);
          if (!observation.whole) cutOff.inc();
          break;
        case 'request.defect':
          defects.inc();
          break;
        case 'engine.worker-replaced':
          threadsReplaced.inc();
          break;
        case 'audit.unwritable':
          auditUnwritable.set(1);
          break;
        case 'audit.restored':
          auditUnwritable.set(0);
          auditLost.inc(observation.lost);
          break;
        case 'run.published':
          runs.inc({ outcome: 'published' });
          runDuration.set(observation.milliseconds / 1000);
          break;
        case 'run.failed':
          runs.inc({ outcome: 'failed' });
          break;
        case 'run.retry':
          retries.inc();
          break;
        case 'run.problem':
          problems.inc();
          break;
        // What is served and the last run say these, or the log alone.
        case 'engine.generation':
        case 'run.started':
        case 'run.phase':
        case 'run.progress':
        case 'schedule.next':
        case 'server.certificate':
        case 'server.listening':
        case 'server.stopped':
          break;
      }
    },
    text(served) {
      generation.set(served?.id ?? 0);
      publishedAt.set(served === null ? 0 : Date.parse(served.publishedAt) / 1000);
      return registry.metrics();
    },
  };
}
