// What a disk does to a file in its old age.
import { closeSync, openSync, writeSync } from 'node:fs';
import Database from 'better-sqlite3';

/** Overwrites the first page of a table: unless that is the table of the generation, the file still tells which one it is. */
export function spoil(path: string, table: string): void {
  const database = new Database(path, { readonly: true });
  const root = database.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck();
  const page = root.get(table) as number;
  const bytes = database.pragma('page_size', { simple: true }) as number;
  database.close();
  const descriptor = openSync(path, 'r+');
  writeSync(descriptor, Buffer.alloc(bytes, 0xff), 0, bytes, (page - 1) * bytes);
  closeSync(descriptor);
}
