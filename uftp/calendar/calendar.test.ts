import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  addDays,
  ispAt,
  ispCount,
  ispEnd,
  ispMinutes,
  ispStart,
  periodEnd,
  periodOf,
  periodStart,
  sameOffset,
  utcOffsetMinutes,
} from './index.ts';

const ZONES = [
  'Europe/Amsterdam',
  'Europe/London',
  'America/New_York',
  'America/Sao_Paulo',
  'America/St_Johns',
  'Australia/Sydney',
  'Australia/Adelaide',
  'Australia/Lord_Howe',
  'Africa/Nairobi',
  'Pacific/Chatham',
  'Pacific/Auckland',
] as const;
const zone = fc.constantFrom(...ZONES);
const duration = fc.constantFrom('PT5M', 'PT15M', 'PT30M', 'PT60M', 'PT1H');
const period = fc
  .integer({ min: 0, max: 40 * 366 })
  .map((days) => addDays('2010-01-01', days))
  .filter((day) => day !== '2011-12-30');

describe('ISPs of a day', () => {
  test.each([
    ['2027-03-28', 'Europe/Amsterdam', [92, 46, 23]],
    ['2027-06-01', 'Europe/Amsterdam', [96, 48, 24]],
    ['2027-10-31', 'Europe/Amsterdam', [100, 50, 25]],
    ['2027-04-04', 'Australia/Sydney', [100, 50, 25]],
    ['2027-10-03', 'Australia/Sydney', [92, 46, 23]],
    // Lord Howe moves its clocks by half an hour: the last half hour of a 24.5-hour day is no whole PT60M.
    ['2027-04-04', 'Australia/Lord_Howe', [98, 49, 24]],
    ['2027-10-03', 'Australia/Lord_Howe', [94, 47, 23]],
    ['2027-09-26', 'Pacific/Chatham', [92, 46, 23]],
    // Samoa skipped this day when it crossed the date line.
    ['2011-12-30', 'Pacific/Apia', [0, 0, 0]],
  ])('%s in %s has %j of PT15M, PT30M, PT60M', (day, timeZone, counts) => {
    expect(['PT15M', 'PT30M', 'PT60M'].map((length) => ispCount(day, timeZone, length))).toEqual(counts);
  });

  it('counts on through the repeated hour', () => {
    const at = (n: number) => ispStart('2027-10-31', 'Europe/Amsterdam', 'PT15M', n);
    expect(at(1)).toBe('2027-10-30T22:00:00.000Z');
    expect([at(9), at(13)]).toEqual(['2027-10-31T00:00:00.000Z', '2027-10-31T01:00:00.000Z']);
    expect(ispEnd('2027-10-31', 'Europe/Amsterdam', 'PT15M', 100)).toBe('2027-10-31T23:00:00.000Z');
  });

  it('tiles every day without a gap, and finds each ISP again', () => {
    fc.assert(
      fc.property(zone, period, duration, (timeZone, day, length) => {
        const count = ispCount(day, timeZone, length);
        const starts = Array.from({ length: count + 1 }, (_, i) => ispStart(day, timeZone, length, i + 1));
        expect(starts[0]).toBe(periodStart(day, timeZone));
        for (let n = 1; n <= count; n += 1) {
          expect(ispEnd(day, timeZone, length, n)).toBe(starts[n]);
          expect(Date.parse(starts[n]!) - Date.parse(starts[n - 1]!)).toBe(ispMinutes(length) * 60_000);
          expect(ispAt(starts[n - 1]!, day, timeZone, length)).toBe(n);
          expect(periodOf(starts[n - 1]!, timeZone)).toBe(day);
        }
        const rest = Date.parse(periodEnd(day, timeZone)) - Date.parse(starts[count]!);
        expect(rest).toBeGreaterThanOrEqual(0);
        expect(rest).toBeLessThan(ispMinutes(length) * 60_000);
      }),
      { numRuns: 150 },
    );
  });

  it('lets days follow each other without a gap, and places every instant in its day', () => {
    fc.assert(
      fc.property(zone, period, fc.double({ min: 0, max: 0.999999, noNaN: true }), (timeZone, day, part) => {
        const [start, end] = [periodStart(day, timeZone), periodEnd(day, timeZone)];
        expect(periodStart(addDays(day, 1), timeZone)).toBe(end);
        const within = Date.parse(start) + Math.floor(part * (Date.parse(end) - Date.parse(start)));
        expect(periodOf(new Date(within).toISOString(), timeZone)).toBe(day);
      }),
    );
  });

  it('has no ISP before or after the day', () => {
    const inAmsterdam = (instant: string) => ispAt(instant, '2027-03-28', 'Europe/Amsterdam', 'PT15M');
    expect(inAmsterdam('2027-03-27T22:59:59.999Z')).toBeUndefined();
    expect(inAmsterdam('2027-03-28T22:00:00.000Z')).toBeUndefined();
    expect(inAmsterdam('2027-03-28T21:59:59.999Z')).toBe(92);
  });
});

describe('ISP durations', () => {
  test.each([
    ['PT15M', 15],
    ['PT60M', 60],
    ['PT1H', 60],
    ['PT3600S', 60],
    ['PT900.0S', 15],
    ['P0DT30M', 30],
    ['P1D', 1440],
    ['PT0H05M', 5],
  ])('%s is %i minutes', (text, minutes) => expect(ispMinutes(text)).toBe(minutes));

  test.each([
    'PT0M',
    'PT90S',
    'P1M',
    'P1Y',
    '-PT15M',
    'PT',
    'P',
    '',
    '15',
    'PT1441M',
    `PT${'9'.repeat(300)}M`,
    'PT15.5M',
    'PT900.5S',
  ])('%s is refused', (text) =>
    expect(() => ispMinutes(text)).toThrow(expect.objectContaining({ code: 'uftp.schema-invalid' })),
  );
});

describe('time zones', () => {
  it('are compared by their offset over the whole day, not by name', () => {
    expect(sameOffset('Europe/Amsterdam', 'Europe/Berlin', '2027-03-28')).toBe(true);
    expect(sameOffset('Europe/Amsterdam', 'Africa/Lagos', '2027-01-15')).toBe(true);
    expect(sameOffset('Europe/Amsterdam', 'Africa/Lagos', '2027-07-15')).toBe(false);
    // Same offset when the day starts, another one from 01:00 UTC on.
    expect(sameOffset('Europe/Amsterdam', 'Africa/Lagos', '2027-03-28')).toBe(false);
    expect(sameOffset('Europe/Amsterdam', 'Europe/London', '2027-07-15')).toBe(false);
    // The same offsets at both ends of the day, but Moldova changed its clocks an hour before Romania.
    expect(sameOffset('Europe/Chisinau', 'Europe/Bucharest', '2015-03-29')).toBe(false);
    expect(sameOffset('Europe/Chisinau', 'Europe/Bucharest', '2015-03-30')).toBe(true);
  });

  test.each([
    'Europe/Nowhere',
    '',
    '+01:00',
    '2020-01-01T00:00Z',
    'Europe/Amsterdam[u-ca=iso8601]',
    '../etc',
  ])('%s is unknown', (name) => {
    const unknown = expect.objectContaining({ code: 'uftp.timezone-unknown' });
    expect(() => ispCount('2027-01-01', name, 'PT15M')).toThrow(unknown);
    expect(() => sameOffset(name, name, '2027-01-01')).toThrow(unknown);
    expect(() => periodOf('2027-01-01T00:00:00Z', name)).toThrow(unknown);
  });

  it('give their offset in minutes', () => {
    expect(utcOffsetMinutes('2027-03-28T00:59:59Z', 'Europe/Amsterdam')).toBe(60);
    expect(utcOffsetMinutes('2027-03-28T01:00:00Z', 'Europe/Amsterdam')).toBe(120);
    expect(utcOffsetMinutes('2027-01-01T00:00:00Z', 'America/St_Johns')).toBe(-210);
  });
});

test.each(['2027-02-29', '2027-13-01', '27-01-01', '2027-01-01Z'])('%s is no day', (day) => {
  expect(() => periodStart(day, 'Europe/Amsterdam')).toThrow(
    expect.objectContaining({ code: 'uftp.schema-invalid' }),
  );
});
