// One copy of texts that many things have in common: JSON brings each anew, and a fleet is large.

/** The text itself, as it came first. */
export type Same = <Text extends string | null>(text: Text) => Text;

export function makeSame(): Same {
  const known = new Map<string, string>();
  return (text) => {
    if (text === null) return text;
    const first = known.get(text);
    if (first !== undefined) return first as typeof text;
    known.set(text, text);
    return text;
  };
}
