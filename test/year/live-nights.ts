// Nights in a row of a tenant that lives, each held against the one before it.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGraphEmulator } from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import { makeTenant } from '../../fixtures/tenant/generator.ts';
import { addDays, type DateKey } from '../../src/base/date-key.ts';
import { liveThrough } from '../../src/cli/live-through.ts';
import { listGenerationFiles } from '../../src/engines/sqlite/generations.ts';
import { brokenRules } from './broken-rules.ts';

export interface Lived {
  readonly night: DateKey;
  readonly done: number;
  readonly bytes: number;
  /** In words; none on a good night. */
  readonly broken: readonly string[];
}

export interface Life {
  readonly devices: number;
  readonly firstNight: DateKey;
  readonly nights: number;
  readonly onNight: (lived: Lived) => void;
}

/** Resolves when all nights are over; rejects with what one of them failed of. */
export async function liveNights({ devices, firstNight, nights, onNight }: Life): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), 'fleetfeed-year-'));
  const emulator = await startGraphEmulator({ tenant: makeTenant({ seed: 7, devices, firstNight }) });
  try {
    await liveThrough(
      Array.from({ length: nights }, (_, index) => addDays(firstNight, index)),
      {
        emulator,
        // Whoever is forgotten is gone from the past too, which else never changes.
        settings: { data, keepGenerations: 2, forgetAfter: 'never' },
        observe: () => undefined,
        signal: new AbortController().signal,
        onNight: (night, done) => {
          const [newest, before] = listGenerationFiles(data);
          if (!newest) throw new Error(`The night of ${night} published nothing.`);
          const broken = before ? brokenRules(newest.path, before.path, night) : [];
          onNight({ night, done, bytes: statSync(newest.path).size, broken });
        },
      },
    );
  } finally {
    await emulator.close();
    rmSync(data, { recursive: true });
  }
}
