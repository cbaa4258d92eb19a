import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Clock } from '../base/clock.ts';
import { createMarketClock, MarketClock, moveMarketClock, readMarketClock } from './market-clock.ts';

/** A system clock that a test winds by hand. */
const system = {
  at: Date.parse('2026-03-01T12:00:00Z'),
  now: (): Date => new Date(system.at),
} satisfies Clock & {
  at: number;
};

describe('the market clock', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'market-clock-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));
  const file = (name: string) => path.join(directory, name);

  it('shows the time of the system until it is moved', () => {
    const clock = createMarketClock(file('fresh'), undefined, system);
    expect(clock.now()).toEqual(system.now());
  });

  it('starts at an instant, also a past one, and runs on from there', () => {
    const clock = createMarketClock(file('started'), '2025-01-01T00:00:00Z', system);
    expect(clock.now().toISOString()).toBe('2025-01-01T00:00:00.000Z');
    system.at += 1_500;
    expect(clock.now().toISOString()).toBe('2025-01-01T00:00:01.500Z');
  });

  it('moves for everyone who reads the same file', () => {
    const mover = createMarketClock(file('shared'), undefined, system);
    const reader = new MarketClock(file('shared'), system);
    mover.moveTo('2026-05-04T10:00:00Z');
    expect(reader.now().toISOString()).toBe('2026-05-04T10:00:00.000Z');
  });

  it('never goes back', () => {
    const clock = createMarketClock(file('forwards'), '2026-05-04T10:00:00Z', system);
    expect(() => clock.moveTo('2026-05-04T09:59:59Z')).toThrow(
      expect.objectContaining({ code: 'simulator.clock-backwards' }),
    );
    expect(clock.now().toISOString()).toBe('2026-05-04T10:00:00.000Z');
  });

  it('is moved and read by file alone', () => {
    createMarketClock(file('by-file'));
    moveMarketClock(file('by-file'), '2099-01-01T00:00:00Z');
    expect(readMarketClock(file('by-file')).now().getUTCFullYear()).toBe(2099);
  });

  it.each(['', '{"offsetMs":1.5}', '{"offsetMs":"1"}', 'nonsense'])(
    'refuses a file that holds %j',
    (content) => {
      writeFileSync(file('broken'), content);
      expect(() => readMarketClock(file('broken'))).toThrow(
        expect.objectContaining({ code: 'simulator.clock-invalid' }),
      );
    },
  );

  it('refuses a file that is not there, and an instant that is none', () => {
    expect(() => readMarketClock(file('missing'))).toThrow(
      expect.objectContaining({ code: 'simulator.clock-missing' }),
    );
    expect(() => createMarketClock(file('odd')).moveTo('tomorrow')).toThrow(
      expect.objectContaining({ code: 'simulator.clock-invalid' }),
    );
  });
});
