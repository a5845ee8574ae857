// A name of its own, since threads that read need to know no more of the dialect.

/** What a connection calls the file of the earlier of two generations. */
export const EARLIER_SCHEMA = 'earlier';
