// A page of a table's b-tree as it fills: cells from its end, their places from its front.
// https://www.sqlite.org/fileformat2.html#b_tree_pages

const KINDS = { interior: { mark: 5, head: 12 }, leaf: { mark: 13, head: 8 } } as const;
/** What a cell takes at the front. */
export const PLACE_BYTES = 2;

export class TreePage {
  readonly bytes: Buffer;
  readonly #kind: keyof typeof KINDS;
  /** The first page of a file has the head of the file before it. */
  readonly #start: number;
  #cells = 0;
  #content = 0;

  constructor(kind: keyof typeof KINDS, pageBytes: number, start = 0) {
    this.bytes = Buffer.alloc(pageBytes);
    this.#kind = kind;
    this.#start = start;
    this.empty();
  }

  get isEmpty(): boolean {
    return this.#cells === 0;
  }

  empty(): void {
    this.bytes.fill(0);
    this.bytes[this.#start] = KINDS[this.#kind].mark;
    this.#has(0, this.bytes.length);
  }

  fits(cellBytes: number): boolean {
    return this.#content - cellBytes >= this.#nextPlace + PLACE_BYTES;
  }

  /** Where the bytes of a further cell go, which fits. */
  place(cellBytes: number): number {
    const content = this.#content - cellBytes;
    this.bytes.writeUInt16BE(content, this.#nextPlace);
    this.#has(this.#cells + 1, content);
    return content;
  }

  /** Of an interior page: the page after all of its cells. */
  endsWith(page: number): void {
    this.bytes.writeUInt32BE(page, this.#start + 8);
  }

  get #nextPlace(): number {
    return this.#start + KINDS[this.#kind].head + PLACE_BYTES * this.#cells;
  }

  #has(cells: number, content: number): void {
    this.#cells = cells;
    this.#content = content;
    this.bytes.writeUInt16BE(cells, this.#start + 3);
    // The end of a page of 64 KB is written as 0.
    this.bytes.writeUInt16BE(content & 0xffff, this.#start + 5);
  }
}
