// Prefer: include-annotations, the patterns by which a client chooses annotations (OData 4.0 part 1, section 8.2.8.4).

/**
 * Whether `*,-org.example.*` wants the term `fleetfeed.advice`: the longest pattern that fits decides, and of two as long
 * the one that says no. Null, for a client that said nothing, wants none.
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

// A qualifier narrows a pattern to annotations that have it; ours have none.
function matchesPattern(pattern: string, term: string): boolean {
  if (pattern === '*' || pattern === term) return true;
  return pattern.endsWith('.*') && term.startsWith(pattern.slice(0, -1));
}
