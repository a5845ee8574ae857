// One observer that passes every observation on to several.
import type { Observer } from '../base/observation.ts';

export function tellAll(observers: readonly Observer[]): Observer {
  return (observation) => {
    for (const observe of observers) observe(observation);
  };
}
