// Time as a value that is handed in, so that a demo or a test can stand still on a day.

export interface Clock {
  /** The present instant. */
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** A clock that stands at one instant for ever. */
export function fixedClock(instant: Date): Clock {
  return { now: () => new Date(instant) };
}
