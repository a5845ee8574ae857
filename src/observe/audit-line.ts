// What the audit records of a request: caller, route template, size and decision. No value that a client sent.
import { randomUUID } from 'node:crypto';
import type { AuditLine, AuditDecision } from '../base/audit-files.ts';
import { dateKeyOf } from '../base/date-key.ts';
import type { ErrorCode } from '../base/error-codes.ts';
import type { Observation } from '../base/observation.ts';

export type AnsweredObservation = Extract<Observation, { readonly kind: 'request.answered' }>;

export function auditLine(observation: AnsweredObservation, at: Date): AuditLine {
  const { requestId, caller, role, method, shape, status } = observation;
  return {
    requestId,
    dateKey: dateKeyOf(at),
    answeredDateTimeUTC: at.toISOString(),
    caller,
    role,
    decision: decisionOf(observation),
    method,
    shape,
    status,
    code: observation.code ?? null,
    rowsSent: observation.rows,
    bytesSent: observation.bytes,
    isWhole: observation.whole,
    costInMilliseconds: Math.round(observation.workerMs),
    durationInMilliseconds: Math.round(observation.milliseconds),
    requests: 1,
  };
}

/** Refusals that anyone can cause at no cost: failed authentication, and a budget that is used up. */
export const AGGREGATED_REFUSALS = {
  'auth.required': { decision: 'denied', status: 401 },
  'limit.budget': { decision: 'limited', status: 429 },
} as const satisfies Partial<Record<ErrorCode, Pick<AuditLine, 'decision' | 'status'>>>;

export type AggregatedRefusal = keyof typeof AGGREGATED_REFUSALS;

/** Null for a request that always has a line of its own. */
export function aggregatedRefusalOf({ caller, code }: AnsweredObservation): AggregatedRefusal | null {
  if (caller === null) return 'auth.required';
  return code === 'limit.budget' ? code : null;
}

/** One line for refused requests that came too fast to be written one by one. */
export function refusalsLine(code: AggregatedRefusal, requests: number, at: Date): AuditLine {
  return {
    requestId: randomUUID(),
    dateKey: dateKeyOf(at),
    answeredDateTimeUTC: at.toISOString(),
    ...{ caller: null, role: null, method: '', shape: '', ...AGGREGATED_REFUSALS[code] },
    ...{ code, rowsSent: 0, bytesSent: 0, isWhole: true },
    ...{ costInMilliseconds: 0, durationInMilliseconds: 0, requests },
  };
}

function decisionOf({ status, code }: AnsweredObservation): AuditDecision {
  if (status === 499) return 'left';
  if (code === undefined) return 'answered';
  return DECISIONS.get(code.split('.', 1)[0] ?? '') ?? 'failed';
}

const DECISIONS: ReadonlyMap<string, AuditDecision> = new Map([
  ['auth', 'denied'],
  ['limit', 'limited'],
  ['request', 'rejected'],
]);
