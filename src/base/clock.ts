// The clock is passed in, so that a demo or a test can stay on one day.

export interface Clock {
  /** The present instant. */
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** A clock that always shows the same instant. */
export function fixedClock(instant: Date): Clock {
  return { now: () => new Date(instant) };
}
