// Who asks: what the rest of the feed may know of a reader.
import type { Role } from './roles.ts';

export interface Caller {
  readonly kind: 'anonymous' | 'key' | 'user' | 'app';
  /** Tells callers apart in budgets and in the audit, and names no person: `key:4f1c…`, `user:{object id}`. */
  readonly id: string;
  readonly role: Role;
}
