// Header values that are lists of items with parameters: Accept and Prefer.

export interface HeaderItem {
  /** Lower case. */
  readonly name: string;
  /** The text after the name's own `=`, without quotes; null where there is none. */
  readonly value: string | null;
  /** Names in lower case; values without quotes. */
  readonly parameters: ReadonlyMap<string, string>;
}

const PART = /[^",;]+|"(?:[^"\\]|\\.)*"?|[,;]/gs;

/** Reads `a;b=c, d="e, f";g`. Never throws: nonsense becomes an item that nobody looks up. */
export function parseHeaderList(header: string): readonly HeaderItem[] {
  return splitAt(header, ',').flatMap((item) => {
    const [head, ...parameters] = splitAt(item, ';').map(parseParameter);
    if (!head || head.name === '') return [];
    const named = parameters.filter(({ name }) => name !== '');
    return [{ ...head, parameters: new Map(named.map(({ name, value }) => [name, value ?? ''])) }];
  });
}

// Separators inside quotes do not separate.
function splitAt(text: string, separator: ',' | ';'): readonly string[] {
  const pieces = [''];
  for (const [part] of text.matchAll(PART)) {
    if (part === separator) pieces.push('');
    else pieces.push((pieces.pop() ?? '') + part);
  }
  return pieces;
}

function parseParameter(text: string): { readonly name: string; readonly value: string | null } {
  const equals = text.indexOf('=');
  if (equals === -1) return { name: text.trim().toLowerCase(), value: null };
  const value = text.slice(equals + 1).trim();
  const quoted = /^"(.*)"$/s.exec(value)?.[1];
  return {
    name: text.slice(0, equals).trim().toLowerCase(),
    value: quoted === undefined ? value : quoted.replaceAll(/\\(.)/gs, '$1'),
  };
}
