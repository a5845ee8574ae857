// Limits how many requests run at once in each area of Graph, and pauses an area that Graph throttles.
import { pause } from './pause.ts';

/** Graph counts the requests to an area together when it throttles. */
export type Area = 'fleet' | 'apps' | 'exports' | 'intune' | 'directory';

const AREAS: readonly (readonly [RegExp, Area])[] = [
  [/^\/[^/]+\/deviceManagement\/reports\/exportJobs/, 'exports'],
  [/^\/[^/]+\/deviceManagement\/managedDevice/, 'fleet'],
  [/^\/[^/]+\/deviceAppManagement\//, 'apps'],
  [/^\/[^/]+\/(?:deviceManagement\/|\$batch)/, 'intune'],
];

export function areaOf({ pathname }: URL): Area {
  return AREAS.find(([path]) => path.test(pathname))?.[1] ?? 'directory';
}

export interface ConcurrencyLimiter {
  /** Waits until the area has room for a request. Resolves to a function that the caller calls when the request ends. */
  enter(area: Area): Promise<() => void>;
  /** Graph throttled a request: the area takes no new ones for this long. */
  backOff(area: Area, milliseconds: number): void;
}

interface AreaPool {
  active: number;
  blockedUntilMs: number;
  readonly waiting: (() => void)[];
}

/** `enter` throws the signal's reason once it is aborted. */
export function makeConcurrencyLimiter(concurrency: number, signal: AbortSignal): ConcurrencyLimiter {
  const pools = new Map<Area, AreaPool>();
  const poolOf = (area: Area): AreaPool => {
    const pool = pools.get(area) ?? { active: 0, blockedUntilMs: 0, waiting: [] };
    pools.set(area, pool);
    return pool;
  };
  return {
    async enter(area) {
      const pool = poolOf(area);
      for (;;) {
        signal.throwIfAborted();
        const blockedMs = pool.blockedUntilMs - performance.now();
        if (blockedMs > 0) await pause(blockedMs, signal);
        else if (pool.active < concurrency) break;
        else await new Promise<void>((resume) => pool.waiting.push(resume));
      }
      pool.active += 1;
      return () => {
        pool.active -= 1;
        pool.waiting.shift()?.();
      };
    },
    backOff(area, milliseconds) {
      const pool = poolOf(area);
      pool.blockedUntilMs = Math.max(pool.blockedUntilMs, performance.now() + milliseconds);
    },
  };
}
