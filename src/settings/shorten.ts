// A value as messages quote it.

export function shorten(written: string): string {
  return written.length > 60 ? `${written.slice(0, 60)}…` : written;
}
