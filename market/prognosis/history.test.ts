import { describe, expect, it } from 'vitest';
import { comparableDays, type Day, meanOf } from './history.ts';

const day = (Period: string): Day => ({ Period, TimeZone: 'Europe/Amsterdam', ISPDuration: 'PT60M' });
const flat = (Period: string, power: number, length = 24) => ({
  Period,
  power: Array<number>(length).fill(power),
});
/** Each hour's power is its number on the wall, with 100 for the second time it comes. */
const hours = (...numbers: number[]) => numbers;
const upTo = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('days like one', () => {
  it('are weekdays for a weekday, and days of the weekend for one of them', () => {
    expect([...comparableDays('2027-05-17', 7)]).toEqual([
      ...['2027-05-14', '2027-05-13', '2027-05-12', '2027-05-11', '2027-05-10'],
    ]);
    expect([...comparableDays('2027-05-16', 8)]).toEqual(['2027-05-15', '2027-05-09', '2027-05-08']);
  });
});

describe('the mean of past days', () => {
  it('is taken over the nearest days on which an ISP is known, and rounded to whole watts', () => {
    const measured = [
      { Period: '2027-05-14', power: [10, null, ...Array<null>(22).fill(null)] },
      flat('2027-05-13', 21),
      flat('2027-05-12', 1000),
    ];
    const mean = meanOf(day('2027-05-17'), measured, 2);
    expect(mean.slice(0, 3)).toEqual([16, 511, 511]);
  });

  it('is undefined for an ISP that no day tells: unknown is not zero', () => {
    const measured = [{ Period: '2027-05-14', power: [0, null, ...Array<number>(22).fill(5)] }];
    expect(meanOf(day('2027-05-17'), measured, 5).slice(0, 3)).toEqual([0, undefined, 5]);
  });

  it('leaves out the hour that is skipped when clocks go forward', () => {
    const usual = { Period: '2027-03-27', power: hours(...upTo(0, 23)) };
    expect(meanOf(day('2027-03-28'), [usual], 1)).toEqual([0, 1, ...upTo(3, 23)]);
    const short = { Period: '2027-03-28', power: hours(0, 1, ...upTo(3, 23)) };
    expect(meanOf(day('2027-04-03'), [short], 1)).toEqual([0, 1, undefined, ...upTo(3, 23)]);
  });

  it('reads the hour that comes twice twice, and believes its first coming', () => {
    const usual = { Period: '2027-10-30', power: hours(...upTo(0, 23)) };
    expect(meanOf(day('2027-10-31'), [usual], 1)).toEqual([0, 1, 2, 2, ...upTo(3, 23)]);
    const long = { Period: '2027-10-31', power: hours(0, 1, 2, 100, ...upTo(3, 23)) };
    expect(meanOf(day('2027-11-06'), [long], 1)).toEqual(upTo(0, 23));
  });
});
