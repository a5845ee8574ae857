// Access to the tenant: a token, the directory's clock compared with ours, and one cheap request for each permission.
import { makeProxyFetch, type Fetch } from '../../network/proxy-fetch.ts';
import { PERMISSIONS, type Permission } from '../../../etl/graph/sign-in/permissions.ts';
import { makeTokenSource } from '../../../etl/graph/sign-in/token-source.ts';
import type { Clock } from '../../base/clock.ts';
import { credentialOf } from '../wiring/credential-of.ts';
import { fail, failedCheck, ok, warn, type Check, type CheckResult } from './check-result.ts';

const TIMEOUT_MS = 15_000;
// Tokens are accepted up to five minutes before and after their time.
const SKEW_WARN_SECONDS = 60;
const SKEW_FAIL_SECONDS = 300;

export const checkGraph: Check = async (settings, clock) => {
  if (settings.schedule === 'off' && settings.clientId === null && settings.managedIdentity === null) {
    return [ok('Graph', 'Not checked: this feed starts no runs (--schedule off).')];
  }
  const credential = credentialOf(settings);
  const fetch = makeProxyFetch(settings);
  const skew = await checkClock(`${credential.loginUrl}/${settings.tenantId ?? 'common'}`, fetch, clock);
  const token = await makeTokenSource(credential, fetch)
    .accessToken()
    .catch((error: unknown) => failedCheck('token', error));
  if (typeof token !== 'string') return [...skew, token];
  const root = credential.graphUrl.replace(/\/+$/, '');
  const granted = await Promise.all(
    PERMISSIONS.map((permission) => checkPermission(permission, { root, token, fetch })),
  );
  return [...skew, ok('token', `${credential.loginUrl} issued one for ${root}.`), ...granted];
};

async function checkClock(tenant: string, fetch: Fetch, clock: Clock): Promise<readonly CheckResult[]> {
  const before = clock.now().getTime();
  const date = await fetch(`${tenant}/v2.0/.well-known/openid-configuration`, {
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).then(
    async (response) => {
      await response.body?.cancel();
      return Date.parse(response.headers.get('date') ?? '');
    },
    // The check of the token reports that it cannot be reached.
    () => NaN,
  );
  if (Number.isNaN(date)) return [];
  const localTime = (before + clock.now().getTime()) / 2;
  // The header has whole seconds: half a second is lost on average.
  const seconds = Math.round((localTime - date - 500) / 1000);
  const message = `This machine’s clock is ${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead of'} the directory’s.`;
  if (Math.abs(seconds) <= SKEW_WARN_SECONDS) return [ok('clock', message)];
  const result = Math.abs(seconds) <= SKEW_FAIL_SECONDS ? warn : fail;
  return [
    result('clock', message, 'Synchronize it with NTP: tokens are refused when clocks differ by minutes.'),
  ];
}

interface ProbeOptions {
  readonly root: string;
  readonly token: string;
  readonly fetch: Fetch;
}

async function checkPermission(
  { name, probe, provides, need }: Permission,
  options: ProbeOptions,
): Promise<CheckResult> {
  const status = await statusOf(probe, options);
  if (status === 200) return ok('consent', `${name} is granted.`);
  if (status !== 401 && status !== 403) {
    const what = typeof status === 'number' ? `answered ${status}` : `did not answer (${status})`;
    return warn(
      'consent',
      `It is unknown whether ${name} is granted: Microsoft Graph ${what}.`,
      'Try again.',
    );
  }
  const todo =
    'Add it to the app registration (API permissions, application permission) and grant admin consent.';
  switch (need) {
    case 'required':
      return fail('consent', `${name} is missing: without ${provides} nothing is published.`, todo);
    case 'recommended':
      return warn('consent', `${name} is missing: snapshots have no ${provides}.`, todo);
    case 'optional':
      return ok('consent', `${name}, which is optional, is not granted: snapshots have no ${provides}.`);
  }
}

async function statusOf(probe: string, { root, token, fetch }: ProbeOptions): Promise<number | string> {
  try {
    const response = await fetch(`${root}${probe}`, {
      headers: { Authorization: `Bearer ${token}`, Accept: 'application/json' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    return response.status;
  } catch (error) {
    return error instanceof Error ? error.name : 'unknown error';
  }
}
