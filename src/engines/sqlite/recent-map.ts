// A map that keeps what was used last and lets go of the rest.

export class RecentMap<Key, Value> {
  // A Map remembers the order of insertion: the first entry is the one unused for longest.
  readonly #entries = new Map<Key, Value>();
  readonly #size: number;
  readonly #letGo: (value: Value) => void;

  constructor(size: number, letGo: (value: Value) => void) {
    this.#size = size;
    this.#letGo = letGo;
  }

  /** The value of the key, made if it is not there. */
  get(key: Key, make: () => Value): Value {
    const found = this.#entries.get(key);
    const value = found ?? make();
    this.#entries.delete(key);
    this.#entries.set(key, value);
    this.#trim();
    return value;
  }

  /** Lets go of what is of no more use. */
  sweep(isUseless: (key: Key) => boolean): void {
    for (const [key, value] of this.#entries) {
      if (!isUseless(key)) continue;
      this.#entries.delete(key);
      this.#letGo(value);
    }
  }

  #trim(): void {
    for (const [key, value] of this.#entries) {
      if (this.#entries.size <= this.#size) return;
      this.#entries.delete(key);
      this.#letGo(value);
    }
  }
}
