// Prefer: include-annotations, the patterns by which a client chooses annotations (OData 4.0 part 1, section 8.2.8.4).

/**
 * Whether patterns such as `*,-org.example.*` include the term `fleetfeed.advice`: the longest match decides, and of two
 * equally long ones the exclusion. Null, from a client that sent no patterns, includes none.
 */
export function includesAnnotation(patterns: string | null, term: string): boolean {
  const matching = (patterns ?? '')
    .split(',')
    .map((written) => written.trim())
    .map((written) => ({ included: !written.startsWith('-'), pattern: written.replace(/^-/, '') }))
    .filter(({ pattern }) => matchesPattern(pattern, term));
  const longest = Math.max(0, ...matching.map(({ pattern }) => pattern.length));
  const deciding = matching.filter(({ pattern }) => pattern.length === longest);
  return deciding.length > 0 && deciding.every(({ included }) => included);
}

// A pattern with a qualifier matches none of ours, which have no qualifiers.
function matchesPattern(pattern: string, term: string): boolean {
  if (pattern === '*' || pattern === term) return true;
  return pattern.endsWith('.*') && term.startsWith(pattern.slice(0, -1));
}
