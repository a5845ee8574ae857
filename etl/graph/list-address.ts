// The address of a list, with the query options that the settings ask for.

export interface ListOptions {
  /** False requests whole resources from Intune: some tenants were throttled for using `$select`. */
  readonly select: boolean;
  /** Rows of a page of devices or users, for tenants in which Graph's default page is too large; null keeps the default. */
  readonly pageRows: number | null;
}

export const DEFAULT_LIST_OPTIONS: ListOptions = { select: true, pageRows: null };

/** Not in the directory, which returns licences only when they are selected. */
const SELECT_IS_OPTIONAL = /^\/[^/]+\/device(?:App)?Management\//;

/** Other lists are not known to support `$top`. */
const SUPPORTS_TOP = /^\/[^/]+\/(?:deviceManagement\/managedDevices|users)$/;

/** `address` is below the root, such as `/v1.0/users?$top=999`. */
export function listAddress(root: string, address: string, { select, pageRows }: ListOptions): URL {
  const url = new URL(address, root);
  const options = url.search.slice(1).split('&').filter(Boolean);
  const remaining = options.filter(
    (each) => select || !each.startsWith('$select=') || !SELECT_IS_OPTIONAL.test(url.pathname),
  );
  if (pageRows === null || !SUPPORTS_TOP.test(url.pathname)) return withOptions(url, remaining);
  const top = remaining.find((each) => each.startsWith('$top='));
  const rows = top === undefined ? pageRows : Math.min(pageRows, Number(top.slice('$top='.length)));
  return withOptions(url, [...remaining.filter((each) => each !== top), `$top=${rows}`]);
}

function withOptions(url: URL, options: readonly string[]): URL {
  return new URL(options.length === 0 ? url.pathname : `${url.pathname}?${options.join('&')}`, url);
}
