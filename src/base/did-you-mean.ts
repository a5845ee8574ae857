// The name that a writer probably meant, and the question that suggests it.

/** `Did you mean 'deviceName'?`; undefined where no name is near enough. `spell` writes a name as its reader types it. */
export function didYouMean(
  names: Iterable<string>,
  written: string,
  spell: (name: string) => string = (name) => name,
): string | undefined {
  const nearest = nearestName(names, written);
  return nearest === null ? undefined : `Did you mean '${spell(nearest)}'?`;
}

/** The sentence, with the question behind it where a name is near enough. */
export function withSuggestion(sentence: string, names: Iterable<string>, written: string): string {
  return [sentence, didYouMean(names, written)].filter((each) => each !== undefined).join(' ');
}

/** The nearest name, in upper or lower case; null where all differ in more than a third of their letters. */
export function nearestName(names: Iterable<string>, written: string): string | null {
  let best: { readonly name: string; readonly distance: number } | null = null;
  for (const name of names) {
    const maxDistance = Math.max(1, Math.floor(name.length / 3));
    // Texts are at least as far apart as their lengths; sixteen kilobytes of a name would take seconds to measure.
    if (Math.abs(name.length - written.length) > maxDistance) continue;
    const distance = editDistance(name.toLowerCase(), written.toLowerCase());
    if (distance <= maxDistance && distance < (best?.distance ?? Infinity)) {
      best = { name, distance };
    }
  }
  return best?.name ?? null;
}

// Levenshtein, one row at a time.
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substitution));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
