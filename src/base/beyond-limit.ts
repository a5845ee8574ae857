// The one way to refuse what goes beyond a limit: the error names the limit, its value, and the nearest that is allowed.
import { FeedError, type FeedErrorDetail } from './feed-error.ts';
import { LIMIT_TABLE, type LimitName, type Limits } from './limits.ts';

/** Limits that refuse, rather than end a page. */
export type RefusingLimit = {
  [Name in LimitName]: (typeof LIMIT_TABLE)[Name]['code'] extends null ? never : Name;
}[LimitName];

export interface Beyond extends FeedErrorDetail {
  /** How many there are, where that is known. */
  readonly asked?: number;
}

/**
 * `$expand names more than 40 navigations (limit expandItems).` `subject` begins the sentence; `limits` are those that
 * hold. A hint that knows the query better than the table stands in its place.
 */
export function beyondLimit<Name extends RefusingLimit>(
  name: Name,
  subject: string,
  limits: Pick<Limits, Name>,
  { asked, ...detail }: Beyond = {},
): FeedError {
  const { fault, instead, code } = LIMIT_TABLE[name];
  const here = asked === undefined ? '' : `; here ${asked}`;
  const message = `${subject} ${fault.replace('#', String(limits[name]))} (limit ${name}${here}).`;
  return new FeedError(code, message, { hint: instead, ...detail });
}
