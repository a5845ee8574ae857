// A feed whose reads are written down, as far as the settings want it.
import type { Authenticator } from '../auth/authenticator.ts';
import type { Clock } from '../base/clock.ts';
import type { Observer } from '../base/observation.ts';
import { openAudit } from '../observe/audit.ts';
import type { Settings } from '../settings/settings.ts';

export interface Accountable {
  readonly gate: Authenticator;
  readonly observe: Observer;
  /** When the last answer is out. */
  readonly close: () => void;
}

/** Throws `setup.unsafe` where the audit is required and cannot be written. */
export function accountable(
  { data, audit: mode, auditDays: days }: Pick<Settings, 'data' | 'audit' | 'auditDays'>,
  {
    gate,
    observe,
    clock,
  }: { readonly gate: Authenticator; readonly observe: Observer; readonly clock: Clock },
): Accountable {
  if (mode === 'off') return { gate, observe, close: () => undefined };
  const audit = openAudit({
    dataDir: data,
    isRequired: mode === 'required',
    retentionDays: days,
    clock,
    observe,
  });
  return {
    gate: {
      ...gate,
      authenticate: async (credentials) => {
        audit.requireWritable();
        return await gate.authenticate(credentials);
      },
    },
    observe: (seen) => {
      observe(seen);
      audit.observe(seen);
    },
    close: audit.close,
  };
}
