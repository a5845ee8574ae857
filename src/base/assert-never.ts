// The end of every exhaustive switch: a case that the types rule out.

/** Never returns. A compile error here names the union member that a switch forgot. */
export function assertNever(value: never): never {
  throw new TypeError(`Unhandled case: ${JSON.stringify(value)}`);
}
