// A map of bounded size: it keeps what was used last and evicts the rest.

export interface LruMapOptions<Value> {
  readonly onEvict?: (value: Value) => void;
  /** What is evicted before anything else, all of it at once, however recently it was used. */
  readonly isExpendable?: (value: Value) => boolean;
}

export class LruMap<Key, Value> {
  // A Map remembers the order of insertion: the first entry is the one unused for longest.
  readonly #entries = new Map<Key, Value>();
  readonly #maxEntries: number;
  readonly #onEvict: (value: Value) => void;
  readonly #isExpendable: (value: Value) => boolean;

  constructor(
    maxEntries: number,
    { onEvict = () => undefined, isExpendable = () => false }: LruMapOptions<Value> = {},
  ) {
    this.#maxEntries = maxEntries;
    this.#onEvict = onEvict;
    this.#isExpendable = isExpendable;
  }

  /** The value of the key, if it is there. It does not count as used. */
  peek(key: Key): Value | undefined {
    return this.#entries.get(key);
  }

  set(key: Key, value: Value): void {
    this.#entries.delete(key);
    if (this.#entries.size >= this.#maxEntries) this.#makeRoom();
    this.#entries.set(key, value);
  }

  /** The value of the key, made if it is not there. */
  getOrCreate(key: Key, create: () => Value): Value {
    const value = this.#entries.get(key) ?? create();
    this.set(key, value);
    return value;
  }

  evictWhere(isStale: (key: Key, value: Value) => boolean): void {
    for (const [key, value] of this.#entries) {
      if (!isStale(key, value)) continue;
      this.#entries.delete(key);
      this.#onEvict(value);
    }
  }

  #makeRoom(): void {
    this.evictWhere((_, value) => this.#isExpendable(value));
    this.evictWhere(() => this.#entries.size >= this.#maxEntries);
  }
}
