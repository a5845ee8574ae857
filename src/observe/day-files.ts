// Files of lines, one per day, readable by the owner's account only.
import { closeSync, fstatSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { auditFolder, auditPath } from '../base/audit-files.ts';
import type { DateKey } from '../base/date-key.ts';

export interface DayFiles {
  /** How many of the bytes were written. Throws the system's error where none were. */
  append(dateKey: DateKey, bytes: Uint8Array): number;
  close(): void;
}

/** Files are opened when they are written to, and opened again after a failure. */
export function openDayFiles(dataDir: string): DayFiles {
  let open: { readonly dateKey: DateKey; readonly descriptor: number } | null = null;
  const close = (): void => {
    if (open) closeSync(open.descriptor);
    open = null;
  };
  return {
    append(dateKey, bytes) {
      if (open?.dateKey !== dateKey) {
        close();
        mkdirSync(auditFolder(dataDir), { recursive: true, mode: 0o700 });
        open = { dateKey, descriptor: openSync(auditPath(dataDir, dateKey), 'a+', 0o600) };
        terminateLastLine(open.descriptor);
      }
      return writeSync(open.descriptor, bytes);
    },
    close,
  };
}

// A killed process or a full disk may have left half a line; the next line must not be appended to it.
function terminateLastLine(descriptor: number): void {
  const { size } = fstatSync(descriptor);
  const last = Buffer.alloc(1);
  if (size > 0 && readSync(descriptor, last, 0, 1, size - 1) === 1 && last[0] !== 10) {
    writeSync(descriptor, '\n');
  }
}
