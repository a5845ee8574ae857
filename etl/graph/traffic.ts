// How many requests are under way in each area of Graph, and which areas are left alone for a while.
import { setTimeout as wait } from 'node:timers/promises';

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

export interface Traffic {
  /** Waits until the area takes a further request, and resolves to what is to be called when that is over. */
  enter(area: Area): Promise<() => void>;
  /** Graph throttled a request: nobody enters the area before so many milliseconds are over. */
  hold(area: Area, milliseconds: number): void;
}

interface Lane {
  underWay: number;
  heldUntil: number;
  readonly waiting: (() => void)[];
}

/** `enter` throws the signal's reason once it is aborted. */
export function openTraffic(atOnce: number, signal: AbortSignal): Traffic {
  const lanes = new Map<Area, Lane>();
  const laneOf = (area: Area): Lane => {
    const lane = lanes.get(area) ?? { underWay: 0, heldUntil: 0, waiting: [] };
    lanes.set(area, lane);
    return lane;
  };
  return {
    async enter(area) {
      const lane = laneOf(area);
      for (;;) {
        signal.throwIfAborted();
        const heldMs = lane.heldUntil - performance.now();
        if (heldMs > 0) await pause(heldMs, signal);
        else if (lane.underWay < atOnce) break;
        else await new Promise<void>((go) => lane.waiting.push(go));
      }
      lane.underWay += 1;
      return () => {
        lane.underWay -= 1;
        lane.waiting.shift()?.();
      };
    },
    hold(area, milliseconds) {
      const lane = laneOf(area);
      lane.heldUntil = Math.max(lane.heldUntil, performance.now() + milliseconds);
    },
  };
}

/** Throws the signal's reason when that is aborted: whoever did so said why, the timer does not. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await wait(milliseconds, undefined, { signal }).catch(() => signal.throwIfAborted());
}
