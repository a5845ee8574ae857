// Which error of SQLite this is.

/** Whether the file is not, or no longer, what SQLite wrote. */
export function isCorruption(error: unknown): boolean {
  return corruptionMessage(error) !== null;
}

/** The same in SQLite's words; null for other errors. */
export function corruptionMessage(error: unknown): string | null {
  if (!/^SQLITE_(CORRUPT|NOTADB)/.test(sqliteErrorCode(error) ?? '')) return null;
  return String((error as { readonly message?: unknown }).message);
}

/**
 * SQLite's own name for the error, such as `SQLITE_BUSY`; null for errors of any other kind. By its looks and not by
 * its class: the addon knows one class of errors a process, even where the package is loaded more than once.
 */
export function sqliteErrorCode(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' && error.code.startsWith('SQLITE_') ? error.code : null;
}
