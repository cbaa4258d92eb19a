import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  backOff,
  checkHeaders,
  classifyStatus,
  conventionalPath,
  nextTry,
  parseRetryAfter,
  retryPolicy,
  statusTable,
} from './index.ts';

describe('the status table', () => {
  it('is what the sender side concludes too', () => {
    for (const { status, sender } of Object.values(statusTable)) {
      expect(classifyStatus(status).outcome).toBe(sender);
    }
  });

  it('leaves no status without a verdict', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 999 }), (status) => {
        const { outcome } = classifyStatus(status);
        const retried = [404, 408, 419, 429].includes(status);
        const family = Math.floor(status / 100);
        expect(outcome).toBe(
          family === 2 ? 'delivered' : family === 4 && !retried ? 'permanent' : 'temporary',
        );
      }),
    );
  });
});

describe('headers of an incoming message', () => {
  const judge = (contentType: string | undefined, contentLength: string | undefined): number | undefined =>
    checkHeaders({ contentType, contentLength }, 1000)?.status;

  it.each([
    'text/xml',
    'application/xml',
    'text/xml; charset=utf-8',
    'TEXT/XML;Charset="UTF-8"',
    'text/xml ; boundary=x; charset = utf-8',
  ])('pass with %s', (contentType) => {
    expect(judge(contentType, '1000')).toBeUndefined();
  });

  it.each([
    undefined,
    '',
    'application/json',
    'text/xmlish',
    'text/xml; charset=iso-8859-1',
    'text/xml; charset=utf-8; charset=utf-16',
    'text/xml; charset=',
  ])('get 400 with %s', (contentType) => {
    expect(judge(contentType, '1')).toBe(400);
  });

  it('get 411 without a length and 413 over the limit, before the type is looked at', () => {
    expect([undefined, '', '-1', '1e3', 'many'].map((length) => judge('text/json', length))).toEqual(
      Array(5).fill(411),
    );
    expect(judge('text/json', '1001')).toBe(413);
  });
});

describe('retrying', () => {
  it('doubles from two seconds up to five minutes', () => {
    expect([1, 2, 3, 7, 8, 9, 400].map((attempt) => backOff(attempt) / 1000)).toEqual([
      2, 4, 8, 128, 256, 300, 300,
    ]);
  });

  it('goes on for at least an hour, whatever the receiver asks for, and then stops', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat({ max: 1e9 }))), (wishes) => {
        const firstTriedAt = '2026-01-01T00:00:00.000Z';
        let now = firstTriedAt;
        for (let attempt = 1; attempt < 40; attempt += 1) {
          const retryAfterMs = wishes[attempt - 1] ?? undefined;
          const next = nextTry({
            attempt,
            firstTriedAt,
            now,
            ...(retryAfterMs !== undefined && { retryAfterMs }),
          });
          const elapsed = Date.parse(now) - Date.parse(firstTriedAt);
          if ('giveUp' in next) {
            expect(next.giveUp).toBe('window-exhausted');
            expect(elapsed).toBeGreaterThanOrEqual(retryPolicy.windowMs);
            expect(elapsed).toBeLessThanOrEqual(retryPolicy.windowMs + retryPolicy.maximumDelayMs);
            return;
          }
          expect(Date.parse(next.retryAt)).toBeGreaterThanOrEqual(Date.parse(now) + backOff(attempt));
          now = next.retryAt;
        }
        expect.unreachable('it never gave up');
      }),
    );
  });

  it('never tries at or after the expiry of the message', () => {
    const failure = { attempt: 1, firstTriedAt: '2026-01-01T00:00:00Z', now: '2026-01-01T00:00:00Z' };
    expect(nextTry({ ...failure, expiresAt: '2026-01-01T00:00:02Z' })).toEqual({ giveUp: 'message-expired' });
    expect(nextTry({ ...failure, expiresAt: '2026-01-01T00:00:02.001Z' })).toEqual({
      retryAt: '2026-01-01T00:00:02.000Z',
    });
  });

  it('reads Retry-After strictly', () => {
    const now = new Date('2026-01-01T00:00:00Z');
    const read = (header: string): number | undefined => parseRetryAfter(header, now);
    expect(read(' 7 ')).toBe(7000);
    expect(read('Thu, 01 Jan 2026 00:01:00 GMT')).toBe(60_000);
    expect(['', '-1', '1.5', '99999999999', '2026-01-02', 'Thu'].map(read)).toEqual(Array(6).fill(undefined));
  });
});

it('the conventional path depends on the major version', () => {
  expect(conventionalPath('3.1.0')).toBe('/shapeshifter/api/v3/message');
});
