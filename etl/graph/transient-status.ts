// Which HTTP statuses are transient, so that repeating the request may help.

/** Request timeout, too many requests, and a gateway or service that is unavailable for the moment. */
const TRANSIENT_STATUSES: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);

/** Requests to Graph itself are repeated for these only. */
export function isTransientStatus(status: number): boolean {
  return TRANSIENT_STATUSES.has(status);
}

/** For the storage of exports and the parts of a $batch, where any server error may be transient. */
export function isTransientOrServerError(status: number): boolean {
  return isTransientStatus(status) || status >= 500;
}
