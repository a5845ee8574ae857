// The service roots: the vendor's addresses, and a path for each version.
import type { FeedVersion } from '../../../schema/entity.ts';
import { FeedError } from '../../base/feed-error.ts';

/** The path of each version; `@odata.context` of beta always uses the second. */
export const VERSION_ROOTS = { 'v1.0': '/v1.0', beta: '/beta' } as const satisfies Record<
  FeedVersion,
  string
>;

/** The path that existing reports use, and that is printed to be pasted. */
export const FEED_ROOT = '/ReportingService/DataWarehouseFEService';

interface ServiceRoot {
  readonly path: string;
  /** Null where `api-version` decides. */
  readonly version: FeedVersion | null;
}

const SERVICE_ROOTS: readonly ServiceRoot[] = [
  { path: FEED_ROOT, version: null },
  { path: `/TrafficGateway/TrafficRoutingService${FEED_ROOT}`, version: null },
  { path: VERSION_ROOTS['v1.0'], version: 'v1.0' },
  { path: VERSION_ROOTS.beta, version: 'beta' },
];

export interface Mount {
  readonly root: ServiceRoot;
  /** The path after the root, still encoded: `/devices(7)`, or '' for the service document. */
  readonly resource: string;
}

/** The path segments of all roots. */
export const ROOT_SEGMENTS: readonly string[] = SERVICE_ROOTS.flatMap(({ path }) => path.split('/').slice(1));

/** The service root that a path begins with, else null. */
export function findMount(path: string): Mount | null {
  const root = SERVICE_ROOTS.find((each) => path === each.path || path.startsWith(`${each.path}/`));
  return root ? { root, resource: path.slice(root.path.length) } : null;
}

/** Whether it is the address of a $batch. */
export function isBatchMount({ resource }: Mount): boolean {
  return /^\/(?:\$|%24)batch\/?$/.test(resource);
}

/** v1.0 unless the path or `api-version` says otherwise. Throws `request.bad-version`. */
export function decideVersion({ root }: Mount, apiVersion: string | null): FeedVersion {
  if (apiVersion === null) return root.version ?? 'v1.0';
  const requested = apiVersion.toLowerCase();
  if (requested !== 'v1.0' && requested !== 'beta') {
    throw badVersion(
      `There is no api-version '${apiVersion}'.`,
      "Use 'v1.0' or 'beta', or leave it out for v1.0.",
    );
  }
  if (root.version !== null && root.version !== requested) {
    throw badVersion(
      `The path says ${root.version} and api-version says ${requested}.`,
      'Leave one of them out.',
    );
  }
  return requested;
}

/**
 * The root that `@odata.context` names. A client takes the metadata address from it without the query string, so a beta
 * answer must name a path that means beta by itself.
 */
export function contextRoot({ root }: Mount, version: FeedVersion): string {
  return version === 'beta' ? VERSION_ROOTS.beta : root.path;
}

function badVersion(message: string, hint: string): FeedError {
  return new FeedError('request.bad-version', message, { target: 'api-version', hint });
}
