import type { Clock } from '../../base/index.ts';

/** How many posts one address may make. */
export interface RateLimit {
  /** Sustained rate. */
  readonly perSecond: number;
  /** How many may come at once. */
  readonly burst: number;
}

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;
/** Addresses remembered at most: forgetting one only gives it a full bucket. */
const ADDRESSES = 10_000;

/**
 * A token bucket per address. UFTP 3.x, "Message transport": a sender over the rate limit gets 429, which it takes
 * as temporary. The loopback interface is never limited: a proxy in front would be one single address.
 *
 * @returns milliseconds to wait, 0 where the post may pass
 */
export function createRateLimiter(limit: RateLimit, clock: Clock): (address: string) => number {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (address) => {
    if (LOOPBACK.test(address)) return 0;
    const at = clock.now().getTime();
    const bucket = buckets.get(address) ?? { tokens: limit.burst, at };
    const refilled = bucket.tokens + (Math.max(0, at - bucket.at) / 1000) * limit.perSecond;
    const tokens = Math.min(limit.burst, refilled);
    const passes = tokens >= 1;
    // Deleted first, so that the map stays in the order of use.
    buckets.delete(address);
    buckets.set(address, { tokens: passes ? tokens - 1 : tokens, at });
    if (buckets.size > ADDRESSES) buckets.delete(buckets.keys().next().value!);
    return passes ? 0 : Math.ceil(((1 - tokens) / limit.perSecond) * 1000);
  };
}
