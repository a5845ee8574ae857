// Writes a database file of one table, for SQLite to open: faster than handing values over to it, one by one.
// https://www.sqlite.org/fileformat2.html
import { closeSync, openSync, writeSync } from 'node:fs';
import { quoteIdentifier } from '../../../../schema/derive/ddl.ts';
import { RecordWriter } from './record-writer.ts';
import { PLACE_BYTES, TreePage } from './tree-page.ts';
import { putVarint, VARINT_BYTES, varintBytes } from './varint.ts';

/** The largest there are: few to write, and a row hardly ever spills over. */
const PAGE_BYTES = 65_536;
const HEAD_BYTES = 100;
const POINTER_BYTES = 4;
/** SQLite locks bytes from here on; the page that has them holds nothing. */
const LOCKED_BYTE = 2 ** 30;

/** A page, and the last row that is found by way of it. */
interface Child {
  readonly page: number;
  readonly last: number;
}

/**
 * Rows are numbered as they come, from 1. In memory is one page, and of those written a few bytes each. The file can be
 * opened after `end`; after `abandon` it is of no use. Nothing is checked against the columns.
 */
export class TableWriter {
  readonly #file: number;
  readonly #pageBytes: number;
  readonly #leaf: TreePage;
  readonly #leaves: Child[] = [];
  #rows = 0;
  // The first page is written last.
  #pages = 1;

  /** Pages may be smaller, down to 512 bytes, each twice as large as the one before. */
  constructor(path: string, pageBytes = PAGE_BYTES) {
    this.#file = openSync(path, 'wx', 0o600);
    this.#pageBytes = pageBytes;
    this.#leaf = new TreePage('leaf', pageBytes);
  }

  /** Takes in what a RecordWriter has ended. */
  put(record: Uint8Array): void {
    const row = this.#rows + 1;
    if (!this.#putRow(this.#leaf, row, record)) {
      this.#endLeaf();
      this.#putRow(this.#leaf, row, record);
    }
    this.#rows = row;
  }

  /** `columns` as CREATE TABLE has them. */
  end(table: string, columns: readonly string[]): void {
    this.#endLeaf();
    const first = new TreePage('leaf', this.#pageBytes, HEAD_BYTES);
    const schema = new RecordWriter(5);
    for (const text of ['table', table, table]) schema.add(text);
    schema.add(this.#root());
    schema.add(`CREATE TABLE ${quoteIdentifier(table)} (${columns.join(', ')})`);
    if (!this.#putRow(first, 1, schema.end())) throw new TypeError(`${table} has too many columns.`);
    writeHead(first.bytes, this.#pages);
    this.#write(1, first.bytes);
    closeSync(this.#file);
  }

  abandon(): void {
    closeSync(this.#file);
  }

  /** False where the page has no room for it. */
  #putRow(page: TreePage, row: number, record: Uint8Array): boolean {
    const local = localBytes(record.length, this.#pageBytes);
    const spills = local < record.length;
    const head = varintBytes(record.length) + varintBytes(row);
    const cellBytes = head + local + (spills ? POINTER_BYTES : 0);
    if (!page.fits(cellBytes)) return false;
    let at = page.place(cellBytes);
    at = putVarint(page.bytes, at, record.length);
    at = putVarint(page.bytes, at, row);
    page.bytes.set(spills ? record.subarray(0, local) : record, at);
    if (spills) page.bytes.writeUInt32BE(this.#spill(record.subarray(local)), at + local);
    return true;
  }

  /** Writes what a page does not hold into a chain of pages, and returns the first. */
  #spill(bytes: Uint8Array): number {
    const chunk = this.#pageBytes - POINTER_BYTES;
    let page = this.#nextPage();
    const first = page;
    for (let at = 0; at < bytes.length; at += chunk) {
      const next = at + chunk < bytes.length ? this.#nextPage() : 0;
      const spilt = Buffer.alloc(this.#pageBytes);
      spilt.writeUInt32BE(next);
      spilt.set(bytes.subarray(at, at + chunk), POINTER_BYTES);
      this.#write(page, spilt);
      page = next;
    }
    return first;
  }

  #endLeaf(): void {
    if (this.#leaf.isEmpty && this.#leaves.length > 0) return;
    const page = this.#nextPage();
    this.#write(page, this.#leaf.bytes);
    this.#leaves.push({ page, last: this.#rows });
    this.#leaf.empty();
  }

  /** Writes the pages above the leaves, level by level, and returns the one above them all. */
  #root(): number {
    let level: readonly Child[] = this.#leaves;
    while (level.length > 1) level = this.#writeLevelAbove(level);
    return level[0]?.page ?? 0;
  }

  #writeLevelAbove(children: readonly Child[]): readonly Child[] {
    const most = Math.floor((this.#pageBytes - HEAD_BYTES) / (POINTER_BYTES + VARINT_BYTES + PLACE_BYTES));
    const pages = Math.ceil(children.length / most);
    // Evenly, since each has at least two below it.
    const cut = (index: number): number => Math.round((index * children.length) / pages);
    return Array.from({ length: pages }, (_, index) =>
      this.#writePageAbove(children.slice(cut(index), cut(index + 1))),
    );
  }

  #writePageAbove(children: readonly Child[]): Child {
    const above = new TreePage('interior', this.#pageBytes);
    const [page, last] = [this.#nextPage(), children.at(-1)];
    for (const child of children) {
      if (child === last) above.endsWith(child.page);
      else {
        const at = above.place(POINTER_BYTES + varintBytes(child.last));
        above.bytes.writeUInt32BE(child.page, at);
        putVarint(above.bytes, at + POINTER_BYTES, child.last);
      }
    }
    this.#write(page, above.bytes);
    return { page, last: last?.last ?? 0 };
  }

  #nextPage(): number {
    this.#pages += 1;
    if (this.#pages === Math.floor(LOCKED_BYTE / this.#pageBytes) + 1) this.#pages += 1;
    return this.#pages;
  }

  #write(page: number, bytes: Uint8Array): void {
    const place = (page - 1) * this.#pageBytes;
    // A disk that is almost full takes a part, and says so only when it is asked to take the rest.
    for (let at = 0; at < bytes.length;) {
      at += writeSync(this.#file, bytes, at, bytes.length - at, place + at);
    }
  }
}

/** How much of a record is in the tree itself; the rest spills over. */
function localBytes(recordBytes: number, pageBytes: number): number {
  const most = pageBytes - 35;
  if (recordBytes <= most) return recordBytes;
  const least = Math.floor(((pageBytes - 12) * 32) / 255) - 23;
  const local = least + ((recordBytes - least) % (pageBytes - POINTER_BYTES));
  return local <= most ? local : least;
}

function writeHead(first: Buffer, pages: number): void {
  first.write('SQLite format 3\0');
  // 64 KB does not fit and is written as 1.
  first.writeUInt16BE(first.length === PAGE_BYTES ? 1 : first.length, 16);
  // No write-ahead log, no reserved bytes, and three fractions that are always these.
  first.set([1, 1, 0, 64, 32, 32], 18);
  for (const [at, number] of [
    [24, 1], // The file's change
    [28, pages],
    [40, 1], // The schema's change
    [44, 4], // The schema's format: the latest
    [56, 1], // UTF-8
    [92, 1], // The change of which the pages were counted
  ] as const)
    first.writeUInt32BE(number, at);
}
