// Adds the audit of reads to a feed, as the settings say.
import type { Authenticator } from '../../auth/authenticator.ts';
import type { Clock } from '../../base/clock.ts';
import type { Observer } from '../../base/observation.ts';
import { openAudit } from '../../observe/audit.ts';
import type { Settings } from '../../settings/settings.ts';

export interface AuditedFeed {
  readonly authenticator: Authenticator;
  readonly observe: Observer;
  /** To be called after the last answer. */
  readonly close: () => void;
}

/** Throws `setup.unsafe` where the audit is required and cannot be written. */
export function withAudit(
  { data, audit: mode, auditDays: days }: Pick<Settings, 'data' | 'audit' | 'auditDays'>,
  {
    authenticator,
    observe,
    clock,
  }: { readonly authenticator: Authenticator; readonly observe: Observer; readonly clock: Clock },
): AuditedFeed {
  if (mode === 'off') return { authenticator, observe, close: () => undefined };
  const audit = openAudit({
    dataDir: data,
    isRequired: mode === 'required',
    retentionDays: days,
    clock,
    observe,
  });
  return {
    authenticator: {
      ...authenticator,
      authenticate: async (credentials) => {
        audit.requireWritable();
        return await authenticator.authenticate(credentials);
      },
    },
    observe: (observation) => {
      observe(observation);
      audit.observe(observation);
    },
    close: audit.close,
  };
}
