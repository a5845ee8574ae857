// How many requests are under way in each area of Graph, and which areas are left alone for a while.
import { pause } from './pause.ts';

/** What Graph throttles together. */
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
  /** Waits until the area takes a further request, and resolves to what is to be called when that is over. */
  enter(area: Area): Promise<() => void>;
  /** Graph throttled a request: nobody enters the area before so many milliseconds are over. */
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
