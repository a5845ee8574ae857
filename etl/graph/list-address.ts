// How a list is asked for: its address, as the settings want it.

export interface Asking {
  /** False asks Intune for whole resources: some tenants were seen to be throttled for a choice of columns. */
  readonly select: boolean;
  /** Rows of a page of devices or users, where Graph's own choice is too much for it; null leaves it to Graph. */
  readonly pageRows: number | null;
}

export const USUAL_ASKING: Asking = { select: true, pageRows: null };

/** The directory tells licences only to whoever selects them. */
const TELLS_ALL = /^\/[^/]+\/device(?:App)?Management\//;

/** Of no other list it is known that it takes `$top`. */
const TAKES_TOP = /^\/[^/]+\/(?:deviceManagement\/managedDevices|users)$/;

/** `address` is below the root, such as `/v1.0/users?$top=999`. */
export function listAddress(root: string, address: string, { select, pageRows }: Asking): URL {
  const url = new URL(address, root);
  const options = url.search.slice(1).split('&').filter(Boolean);
  const kept = options.filter(
    (each) => select || !each.startsWith('$select=') || !TELLS_ALL.test(url.pathname),
  );
  if (pageRows === null || !TAKES_TOP.test(url.pathname)) return withOptions(url, kept);
  const top = kept.find((each) => each.startsWith('$top='));
  const rows = top === undefined ? pageRows : Math.min(pageRows, Number(top.slice('$top='.length)));
  return withOptions(url, [...kept.filter((each) => each !== top), `$top=${rows}`]);
}

function withOptions(url: URL, options: readonly string[]): URL {
  return new URL(options.length === 0 ? url.pathname : `${url.pathname}?${options.join('&')}`, url);
}
