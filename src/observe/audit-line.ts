// What the audit keeps of a request: who, what shape, how much, what became of it. No value that a client sent.
import { randomUUID } from 'node:crypto';
import type { AuditLine, Decision } from '../base/audit-files.ts';
import { dateKeyOf } from '../base/date-key.ts';
import type { ErrorCode } from '../base/error-codes.ts';
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

/** Refusals that cost nothing to be asked for: whoever is not let in, and whose budget is used up. */
export const KNOCKS = {
  'auth.required': { decision: 'denied', status: 401 },
  'limit.budget': { decision: 'limited', status: 429 },
} as const satisfies Partial<Record<ErrorCode, Pick<AuditLine, 'decision' | 'status'>>>;

export type Knock = keyof typeof KNOCKS;

/** Null for what is told one by one, however often it comes. */
export function knockOf({ caller, code }: Answered): Knock | null {
  if (caller === null) return 'auth.required';
  return code === 'limit.budget' ? code : null;
}

/** One line for those who came too fast to be told one by one. */
export function knocksLine(code: Knock, requests: number, at: Date): AuditLine {
  return {
    requestId: randomUUID(),
    dateKey: dateKeyOf(at),
    answeredDateTimeUTC: at.toISOString(),
    ...{ caller: null, role: null, method: '', shape: '', ...KNOCKS[code] },
    ...{ code, rowsSent: 0, bytesSent: 0, isWhole: true },
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
