// An address of the feed as people type or paste it.

export interface TypedAddress {
  /** Path and query, percent-encoded: what a client would send. */
  readonly target: string;
  /** Absolute address of the server it belongs to, without a slash at its end. */
  readonly base: string;
}

/**
 * Takes `https://fleet.example/beta/devices?$top=3`, `/beta/devices?$top=3` and, since some shells on Windows take a
 * leading slash for a folder, `beta/devices?$top=3`. Blanks and letters beyond ASCII need no escapes. `publicUrl` is the
 * feed's own address: of paths, and of URLs that start with it.
 */
export function readTypedAddress(typed: string, publicUrl: string): TypedAddress {
  const text = typed
    .trim()
    .toWellFormed()
    .replaceAll(/[^\x21-\x7e]/gu, encodeURIComponent);
  if (text.startsWith(`${publicUrl}/`)) return { target: text.slice(publicUrl.length), base: publicUrl };
  const [, base = publicUrl, path = text] = /^(https?:\/\/[^/?]+)(.*)$/i.exec(text) ?? [];
  return { target: path.startsWith('/') ? path : `/${path}`, base };
}
