/**
 * The only way any room learns the time. Workflows use Temporal's own clock instead, which their sandbox
 * provides through `Date`.
 */
export interface Clock {
  /** The present instant. */
  now(): Date;
}

/** The machine's clock: the only one production can be built with. */
export const systemClock: Clock = { now: () => new Date() };

/** Now, as the ISO 8601 UTC string that messages and rows carry. */
export function instant(clock: Clock): string {
  return clock.now().toISOString();
}
