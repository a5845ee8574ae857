// A map that keeps what was used last and lets go of the rest.

export class LruMap<Key, Value> {
  // A Map remembers the order of insertion: the first entry is the one unused for longest.
  readonly #entries = new Map<Key, Value>();
  readonly #maxEntries: number;
  readonly #onEvict: (value: Value) => void;

  constructor(maxEntries: number, onEvict: (value: Value) => void) {
    this.#maxEntries = maxEntries;
    this.#onEvict = onEvict;
  }

  /** The value of the key, made if it is not there. */
  getOrCreate(key: Key, create: () => Value): Value {
    const found = this.#entries.get(key);
    const value = found ?? create();
    this.#entries.delete(key);
    this.#entries.set(key, value);
    this.#evictOldest();
    return value;
  }

  /** Lets go of what is of no more use. */
  evictWhere(isStale: (key: Key) => boolean): void {
    for (const [key, value] of this.#entries) {
      if (!isStale(key)) continue;
      this.#entries.delete(key);
      this.#onEvict(value);
    }
  }

  #evictOldest(): void {
    for (const [key, value] of this.#entries) {
      if (this.#entries.size <= this.#maxEntries) return;
      this.#entries.delete(key);
      this.#onEvict(value);
    }
  }
}
