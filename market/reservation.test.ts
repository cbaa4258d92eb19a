import { describe, expect, it } from 'vitest';
import { type ReservationCase, reservationRejections } from './reservation.ts';

const contracted = [
  { Power: -2000, Start: 12, Duration: 2 },
  { Power: 3000, Start: 14, Duration: 1 },
];
const update = (Power: number, Start: number, Duration = 1, given: Partial<ReservationCase> = {}) =>
  reservationRejections({
    contracted,
    update: {
      stampedAt: '2027-01-14T08:00:00.000Z',
      receivedAt: '2027-01-14T08:00:01.000Z',
      ISP: [{ Power, Start, Duration }],
    },
    ...given,
  });
const since = (stampedAt: string, Power: number) => ({
  inForce: { stampedAt, ISP: [{ Power, Start: 12, Duration: 2 }] },
});

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

describe('an update after another one', () => {
  it('may lower further, and confirm', () => {
    expect(update(-1000, 12, 2, since('2027-01-14T07:00:00.000Z', -1500))).toEqual([]);
    expect(update(-1500, 12, 2, since('2027-01-14T07:00:00.000Z', -1500))).toEqual([]);
  });

  it('does not raise again what was released', () => {
    expect(update(-1501, 12, 2, since('2027-01-14T07:00:00.000Z', -1500))).toEqual(['Power value rejection']);
    expect(update(-2000, 12, 2, since('2027-01-14T07:00:00.000Z', 0))).toEqual(['Power value rejection']);
  });

  it('is no raise where it was written before that one', () => {
    expect(update(-2000, 12, 2, since('2027-01-14T08:00:00.000Z', 0))).toEqual([]);
    expect(update(-2001, 12, 2, since('2027-01-14T08:00:00.000Z', 0))).toEqual(['Power value rejection']);
  });
});

describe('the deadline', () => {
  it('is over at its very instant', () => {
    expect(update(0, 12, 2, { deadline: '2027-01-14T08:00:01.001Z' })).toEqual([]);
    expect(update(0, 12, 2, { deadline: '2027-01-14T08:00:01.000Z' })).toEqual(['Deadline expired']);
    expect(update(-9000, 12, 2, { deadline: '2027-01-14T08:00:00.000Z' })).toEqual([
      'Deadline expired',
      'Power value rejection',
    ]);
  });
});
