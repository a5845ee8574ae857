// Classifies errors of SQLite.

/** Whether the file is damaged, or is not a database. */
export function isCorruption(error: unknown): boolean {
  return corruptionMessage(error) !== null;
}

/** SQLite's message about a damaged file; null for other errors. */
export function corruptionMessage(error: unknown): string | null {
  if (!/^SQLITE_(CORRUPT|NOTADB)/.test(sqliteErrorCode(error) ?? '')) return null;
  return String((error as { readonly message?: unknown }).message);
}

/**
 * SQLite's own name for the error, such as `SQLITE_BUSY`; null for errors of any other kind. Checked by
 * its code, since the package may be loaded more than once, and `instanceof` then fails.
 */
export function sqliteErrorCode(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' && error.code.startsWith('SQLITE_') ? error.code : null;
}
