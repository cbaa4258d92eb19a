import { describe, expect, it } from 'vitest';
import { createRateLimiter } from './rate-limit.ts';

describe('rate limit', () => {
  function limiter() {
    let at = 0;
    const wait = createRateLimiter({ perSecond: 2, burst: 3 }, { now: () => new Date(at) });
    return { wait, later: (ms: number) => void (at += ms) };
  }

  it('lets a burst pass, then says how long to wait', () => {
    const { wait, later } = limiter();
    expect([1, 2, 3].map(() => wait('192.0.2.1'))).toEqual([0, 0, 0]);
    expect(wait('192.0.2.1')).toBe(500);
    later(250);
    expect(wait('192.0.2.1')).toBe(250);
    later(250);
    expect(wait('192.0.2.1')).toBe(0);
    expect(wait('192.0.2.1')).toBe(500);
  });

  it('counts each address alone', () => {
    const { wait } = limiter();
    for (let i = 0; i < 4; i++) wait('192.0.2.1');
    expect(wait('192.0.2.2')).toBe(0);
  });

  it.each(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])('never limits %s', (address) => {
    const { wait } = limiter();
    expect(Array.from({ length: 50 }, () => wait(address))).toEqual(Array(50).fill(0));
  });

  it('survives a clock that goes back', () => {
    const { wait, later } = limiter();
    wait('192.0.2.1');
    later(-60_000);
    expect(wait('192.0.2.1')).toBe(0);
  });
});
