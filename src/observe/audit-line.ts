// What the audit keeps of a request: who, what shape, how much, what became of it. No value that a client sent.
import { randomUUID } from 'node:crypto';
import type { AuditLine, Decision } from '../base/audit-files.ts';
import { dateKeyOf } from '../base/date-key.ts';
import type { Observation } from '../base/observation.ts';

export type Answered = Extract<Observation, { readonly kind: 'request.answered' }>;

export function auditLine(seen: Answered, at: Date): AuditLine {
  const { requestId, caller, role, method, shape, status } = seen;
  return {
    requestId,
    dateKey: dateKeyOf(at),
    answeredDateTimeUTC: at.toISOString(),
    caller,
    role,
    decision: decisionOf(seen),
    method,
    shape,
    status,
    code: seen.code ?? null,
    rowsSent: seen.rows,
    bytesSent: seen.bytes,
    isWhole: seen.whole,
    costInMilliseconds: Math.round(seen.workerMs),
    durationInMilliseconds: Math.round(seen.milliseconds),
    requests: 1,
  };
}

/** One line for those who were not let in and came too fast to be told one by one. */
export function strangersLine(requests: number, at: Date): AuditLine {
  return {
    requestId: randomUUID(),
    dateKey: dateKeyOf(at),
    answeredDateTimeUTC: at.toISOString(),
    ...{ caller: null, role: null, decision: 'denied', method: '', shape: '', status: 401 },
    ...{ code: 'auth.required', rowsSent: 0, bytesSent: 0, isWhole: true },
    ...{ costInMilliseconds: 0, durationInMilliseconds: 0, requests },
  };
}

function decisionOf({ status, code }: Answered): Decision {
  if (status === 499) return 'left';
  if (code === undefined) return 'answered';
  return DECISIONS.get(code.split('.', 1)[0] ?? '') ?? 'failed';
}

const DECISIONS: ReadonlyMap<string, Decision> = new Map([
  ['auth', 'denied'],
  ['limit', 'limited'],
  ['request', 'rejected'],
]);
