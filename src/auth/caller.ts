// The caller of a request, as the rest of the feed sees it.
import type { Role } from './roles.ts';

export interface Caller {
  readonly kind: 'anonymous' | 'key' | 'user' | 'app';
  /** Identifies the caller in budgets and in the audit without naming a person: `key:4f1c…`, `user:{object id}`. */
  readonly id: string;
  readonly role: Role;
}
