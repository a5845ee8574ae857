// How a list is asked for: its address, as the settings want it.

export interface ListOptions {
  /** False asks Intune for whole resources: some tenants were seen to be throttled for a choice of columns. */
  readonly select: boolean;
  /** Rows of a page of devices or users, where Graph's own choice is too much for it; null leaves it to Graph. */
  readonly pageRows: number | null;
}

export const DEFAULT_LIST_OPTIONS: ListOptions = { select: true, pageRows: null };

/** The directory tells licences only to whoever selects them. */
const SELECT_IS_OPTIONAL = /^\/[^/]+\/device(?:App)?Management\//;

/** Of no other list it is known that it takes `$top`. */
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
