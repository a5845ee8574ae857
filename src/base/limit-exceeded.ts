// The error for a request that exceeds a limit: it names the limit, its value, and the nearest request that is allowed.
import { FeedError, type FeedErrorDetail } from './feed-error.ts';
import { LIMIT_TABLE, type LimitName, type Limits } from './limits.ts';

/** Limits that refuse a request, rather than end a page. */
export type RefusingLimit = {
  [Name in LimitName]: (typeof LIMIT_TABLE)[Name]['code'] extends null ? never : Name;
}[LimitName];

export interface LimitExceededDetail extends FeedErrorDetail {
  /** How many there are, where that is known. */
  readonly actual?: number;
}

/**
 * `$expand names more than 40 navigations (limit expandItems).` `subject` begins the sentence; `limits` are those in
 * effect. A hint in `detail` replaces that of the table.
 */
export function limitExceeded<Name extends RefusingLimit>(
  name: Name,
  subject: string,
  limits: Pick<Limits, Name>,
  { actual, ...detail }: LimitExceededDetail = {},
): FeedError {
  const { violation, hint, code } = LIMIT_TABLE[name];
  const actualText = actual === undefined ? '' : `; here ${actual}`;
  const message = `${subject} ${violation.replace('#', String(limits[name]))} (limit ${name}${actualText}).`;
  return new FeedError(code, message, { ...detail, hint: detail.hint ?? hint });
}
