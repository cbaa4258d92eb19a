import { describe, expect, it } from 'vitest';
import { eachISP, firstISP, lastISP, megawattHours, powerByISP } from './power.ts';

const groups = [
  { Power: -3, Start: 10, Duration: 2 },
  { Power: 5, Start: 1, Duration: 1 },
];

describe('groups of ISPs', () => {
  it('are visited ISP by ISP', () => {
    expect([...eachISP(groups)].map(({ isp, group }) => [isp, group.Power])).toEqual([
      [10, -3],
      [11, -3],
      [1, 5],
    ]);
  });

  it('add up where they meet', () => {
    const both = powerByISP([...groups, { Power: 1, Start: 11, Duration: 2 }]);
    expect(Object.fromEntries(both)).toEqual({ 1: 5, 10: -3, 11: -2, 12: 1 });
  });

  it('have a first and a last ISP, in whatever order they stand', () => {
    expect([firstISP(groups), lastISP(groups)]).toEqual([1, 11]);
    expect(lastISP([...groups].reverse())).toBe(11);
  });
});

it('a megawatt for a quarter of an hour is a quarter of a MWh', () => {
  expect(megawattHours(1_000_000, 15).toFixed()).toBe('0.25');
});
