import { describe, expect, it } from 'vitest';
import { reservationRejections } from './reservation.ts';

const contracted = [
  { Power: -2000, Start: 12, Duration: 2 },
  { Power: 3000, Start: 14, Duration: 1 },
];
const update = (Power: number, Start: number, Duration = 1) =>
  reservationRejections(contracted, [{ Power, Start, Duration }]);

describe('an update of what a contract reserves', () => {
  it.each([
    ['confirms', -2000, 12, 2],
    ['lowers', -1, 13, 1],
    ['releases', 0, 12, 3],
    ['confirms the other direction', 3000, 14, 1],
    ['names an ISP outside the contract, with 0', 0, 90, 1],
  ])('%s: kept', (_, power, start, duration) => {
    expect(update(power, start, duration)).toEqual([]);
  });

  it.each([
    ['raises', -2001, 12, 1],
    ['raises in one of its ISPs', -2000, 13, 2],
    ['raises the other direction', 3001, 14, 1],
    ['turns the direction', 1, 12, 1],
    ['turns the other direction', -1, 14, 1],
    ['reserves outside the contract', -1, 15, 1],
  ])('%s: rejected, with one reason', (_, power, start, duration) => {
    expect(update(power, start, duration)).toEqual(['Power value rejection']);
  });

  it('gives the reason once, however many ISPs break the rule', () => {
    expect(update(-9000, 1, 96)).toEqual(['Power value rejection']);
  });
});
