// Words that the code does not use, each with what stands in its place: one word, one meaning (docs/glossary.md).

export interface ForbiddenWord {
  readonly pattern: RegExp;
  /** The term to use, and why where that is not plain. */
  readonly instead: string;
}

/** Neither in names nor in comments and messages. */
export const FORBIDDEN_WORDS: readonly ForbiddenWord[] = [
  { pattern: /\b(?:un)?told\b/i, instead: 'reported, not reported; observed; given. It meant four things.' },
  {
    pattern: /\b(?:bury|buried|risen|readmit(?:s|ted)?)\b/i,
    instead: 'write a tombstone, resurrected, remove a tombstone',
  },
  {
    pattern: /\b(?:twins|dangling|strays)\b/i,
    instead: 'duplicate keys, broken references, rows outside their partition',
  },
  { pattern: /\b(?:havers|tellings|holdings)\b/i, instead: 'UPN index, personal-data map, row summary' },
  { pattern: /\b(?:un)?seal(?:s|ed)?\b/i, instead: 'checksum: encode, decode' },
  {
    pattern: /\b(?:inscribe|unmark|modelMark)\w*\b/i,
    instead: 'write run history, invalidate, schema fingerprint',
  },
  { pattern: /\bknock(?:s|ed|ing)?\b/i, instead: 'refused request' },
  { pattern: /\bstrangers?\b/i, instead: 'anonymous caller; untrusted Host header' },
  {
    pattern: /\b(?:losePatience|letGo|giveWay|untilToldToEnd|liveThrough|sideBySide)\b/i,
    instead:
      'write-stall timeout, release buffer, lower priority, wait for the shutdown signal, simulate runs, mapConcurrent',
  },
  { pattern: /\b(?:mishaps?|footing|appetite)\b/i, instead: 'request failure, base generation, usage' },
  { pattern: /\b(?:an)?other trades?\b/i, instead: 'unrelated media types' },
  { pattern: /\bsupplement(?:s|ed)?\b/i, instead: 'enrichment, enrich' },
  { pattern: /\b(?:fair|the) line in front\b/i, instead: 'fair queue' },
  { pattern: /\bkept (?:thread|aside)\b/i, instead: 'reserved worker; quarantined' },
];

/** Names of variables, functions, members and types, as they are declared. */
export const FORBIDDEN_NAMES: readonly ForbiddenWord[] = [
  {
    pattern: /^(?:guest|house|door|sight|brought|ground|ledger|lane|pace|mishap)s?$/i,
    instead: 'the term of docs/glossary.md',
  },
  {
    pattern: /^(?:stage|night|listing|catalogue|way|reading|verdict|outcomeOf)s?$/i,
    instead: 'one of the several terms that it stood for (docs/glossary.md)',
  },
  {
    pattern: /^(?:said|asked|heard|kept|began|further|beginning|news|wanted)$/,
    instead: 'a noun that says what the value is',
  },
  { pattern: /^[A-Z]\w+Words$/, instead: '…Options' },
  { pattern: /^usual[A-Z]/, instead: 'default…' },
];
