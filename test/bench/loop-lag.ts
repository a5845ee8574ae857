// How late the event loop of this process is.
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Milliseconds by which a timer came late, since the last report. */
export interface LoopLag {
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
}

const RESOLUTION_MS = 1;
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();

/** Also resets the measurement. */
export function loopLag(): LoopLag {
  const ms = (nanoseconds: number): number => nanoseconds / 1e6 - RESOLUTION_MS;
  const lag = { p50: ms(delay.percentile(50)), p99: ms(delay.percentile(99)), most: ms(delay.max) };
  delay.reset();
  return lag;
}
