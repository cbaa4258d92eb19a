import { describe, expect, it } from 'vitest';
import { dayAheadClosure, firstOpenISP, intradayClosure, isIntraday, type MarketDay } from './gates.ts';

const gates = { dayAhead: '12:00', intraday: 'PT1H' };
const day = (Period: string): MarketDay => ({ Period, TimeZone: 'Europe/Amsterdam', ISPDuration: 'PT15M' });

describe('day-ahead gate closure', () => {
  it.each([
    ['in summer', '2027-06-15', '2027-06-14T10:00:00.000Z'],
    ['in winter', '2027-01-15', '2027-01-14T11:00:00.000Z'],
    ['the day before clocks go forward', '2027-03-28', '2027-03-27T11:00:00.000Z'],
    ['for the day after they did', '2027-03-29', '2027-03-28T10:00:00.000Z'],
  ])('is local time on the day before, %s', (_, period, closes) => {
    expect(dayAheadClosure(day(period), gates)).toBe(closes);
    expect(isIntraday(day(period), gates, closes)).toBe(true);
    expect(isIntraday(day(period), gates, new Date(Date.parse(closes) - 1).toISOString())).toBe(false);
  });
});

describe('intraday gate closure', () => {
  it('of the first ISP is on the evening before, 23:00 local for an hour', () => {
    expect(intradayClosure(day('2027-06-15'), 1, gates)).toBe('2027-06-14T21:00:00.000Z');
  });

  it.each([
    ['long before', '2027-06-14T06:00:00.000Z', 1],
    ['a moment before the first closes', '2027-06-14T20:59:59.999Z', 1],
    ['when the first closes', '2027-06-14T21:00:00.000Z', 2],
    ['in the middle of the day', '2027-06-15T09:50:00.000Z', 53],
    ['when the last closes', '2027-06-15T20:45:00.000Z', 97],
    ['after the day', '2027-06-16T12:00:00.000Z', 158],
  ])('%s, the first open ISP is the first that is not closed', (_, now, isp) => {
    const first = firstOpenISP(day('2027-06-15'), gates, now);
    expect(first).toBe(isp);
    expect(intradayClosure(day('2027-06-15'), first, gates) > now).toBe(true);
    if (first > 1) expect(intradayClosure(day('2027-06-15'), first - 1, gates) <= now).toBe(true);
  });

  it('counts elapsed time where clocks change', () => {
    expect(firstOpenISP(day('2027-10-31'), gates, '2027-10-31T00:00:00.000Z')).toBe(14);
    expect(intradayClosure(day('2027-10-31'), 100, gates)).toBe('2027-10-31T21:45:00.000Z');
  });
});
