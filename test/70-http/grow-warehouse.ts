// A small demo warehouse, made by real runs that harvest the Graph emulator over HTTP.
import { startGraphEmulator } from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import { makeTenant } from '../../fixtures/tenant/make-tenant.ts';
import { addDays, type DateKey } from '../../src/base/date-key.ts';
import { simulateRuns } from '../../src/cli/wiring/simulate-runs.ts';
import { DEFAULT_SETTINGS } from '../../src/settings/settings.ts';

/** Runs of a tenant with so many devices; the last run is on `today`. */
export async function growWarehouse(
  data: string,
  {
    devices,
    dayCount,
    today,
  }: { readonly devices: number; readonly dayCount: number; readonly today: DateKey },
): Promise<void> {
  const days = Array.from({ length: dayCount }, (_, index) => addDays(today, index + 1 - dayCount));
  const tenant = makeTenant({ seed: 1, devices, firstDateKey: addDays(today, 1 - dayCount) });
  const emulator = await startGraphEmulator({ tenant });
  try {
    const settings = { ...DEFAULT_SETTINGS, data, keepGenerations: 3 };
    const { signal } = new AbortController();
    await simulateRuns(days, { emulator, settings, observe: () => undefined, signal });
  } finally {
    await emulator.close();
  }
}
