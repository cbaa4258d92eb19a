/**
 * UFTP 3.x, "Message transport": routine messages are tried for at least one hour with exponential back-off and a
 * sensible cap, and no longer than the message itself lives.
 */
export const retryPolicy = {
  /** Before the second try. */
  initialDelayMs: 2_000,
  factor: 2,
  maximumDelayMs: 5 * 60_000,
  /** Counted from the first try. */
  windowMs: 60 * 60_000,
} as const;

export type RetryPolicy = { readonly [K in keyof typeof retryPolicy]: number };

/** The wait after a failed try, in milliseconds; `attempt` counts the tries made, from 1. */
export function backOff(attempt: number, policy: RetryPolicy = retryPolicy): number {
  return Math.min(policy.initialDelayMs * policy.factor ** (attempt - 1), policy.maximumDelayMs);
}

/** When to try again, or why not. */
export type NextTry = { retryAt: string } | { giveUp: 'window-exhausted' | 'message-expired' };

/**
 * Decides what follows a temporary failure. Pure: fit for a workflow. Instants are ISO strings.
 *
 * A receiver's Retry-After lengthens the wait, but never past the end of the window.
 */
export function nextTry(
  failure: {
    /** Tries made so far, from 1. */
    attempt: number;
    firstTriedAt: string;
    now: string;
    /** When the message itself expires. */
    expiresAt?: string;
    retryAfterMs?: number;
  },
  policy: RetryPolicy = retryPolicy,
): NextTry {
  const now = Date.parse(failure.now);
  const windowEnd = Date.parse(failure.firstTriedAt) + policy.windowMs;
  if (now >= windowEnd) return { giveUp: 'window-exhausted' };
  const own = now + backOff(failure.attempt, policy);
  const asked = Math.min(now + (failure.retryAfterMs ?? 0), windowEnd);
  const retryAt = Math.max(own, asked);
  if (failure.expiresAt !== undefined && retryAt >= Date.parse(failure.expiresAt)) {
    return { giveUp: 'message-expired' };
  }
  return { retryAt: new Date(retryAt).toISOString() };
}

/** A Retry-After header (RFC 9110: seconds or an HTTP date) in milliseconds from `now`; undefined if it makes no sense. */
export function parseRetryAfter(header: string | undefined, now: Date): number | undefined {
  const text = header?.trim();
  if (!text) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // Date.parse takes much more than the HTTP dates, which all begin with the name of a day.
  const instant = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(instant) ? undefined : Math.max(0, instant - now.getTime());
}
