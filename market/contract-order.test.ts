import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activationsOf } from './activations.ts';
import { type CalledContract, directOrderRejections, directPrice } from './contract-order.ts';
import type { OrderFacts } from './flex-request/facts.ts';

const POINT = 'ean.871685900012636543';
const DAY = { Period: '2027-01-15', TimeZone: 'Europe/Amsterdam', ISPDuration: 'PT15M' };
const run = (Start: number, Duration: number, Power = -4000) => ({ Start, Duration, Power });

/** ISP 69 begins at 17:00 local time, 16:00 UTC. Four kW for an hour at 150 euros a MWh are 60 cents. */
const order = (given: Partial<OrderFacts> = {}): OrderFacts => ({
  ...DAY,
  ...{ dso: 'dso.example.com', conversationId: 'c', version: '3.1.0', CongestionPoint: POINT },
  ...{ inboxId: 'i', messageId: 'm', receivedAt: '2027-01-15T14:00:00.000Z', ContractID: 'C-1' },
  ...{ OrderReference: 'O-1', ActivationFactor: '1', Price: '0.60', Currency: 'EUR' },
  ISP: [run(69, 4)],
  ...given,
});
const contract = ({
  terms = {},
  ...given
}: Partial<Omit<CalledContract, 'terms'>> & {
  terms?: Partial<CalledContract['terms']>;
} = {}): CalledContract => ({
  ...{ mayCall: true, isAbout: true, isInForce: true, baselineReference: 'BL-2026', ordered: [] },
  terms: {
    ...{ currency: 'EUR', timeZone: 'Europe/Amsterdam', priceTolerance: '0.01' },
    ...{ activationPricePerMWh: '150.00', leadTime: 'PT1H', recoveryTime: 'PT4H', longestActivation: 'PT2H' },
    maxActivations: { perDay: 2, perWeek: 3, perMonth: 4, total: 5 },
    ...terms,
  },
  contracted: [run(69, 8)],
  reserved: [run(69, 8)],
  ...given,
});
/** Orders under the contract on other days or hours, an hour each. */
const before = (...days: [period: string, start: number][]) =>
  days.map(([Period, start]) => ({ ...DAY, Period, CongestionPoint: POINT, ISP: [run(start, 4)] }));

describe('a direct order within its contract', () => {
  it.each([
    ['as agreed', {}, {}],
    ['of less than is reserved', { ISP: [run(69, 4, -2000)], Price: '0.30' }, {}],
    ['of everything at once', { ISP: [run(69, 8)], Price: '1.20' }, {}],
    ['within the tolerance of the price', { Price: '0.61' }, {}],
    ['at the last moment', { receivedAt: '2027-01-15T15:00:00.000Z' }, {}],
    ['naming the agreed baseline', { BaselineReference: 'BL-2026' }, {}],
    ['with ISPs of no power outside the contract', { ISP: [run(1, 68, 0), run(69, 4)] }, {}],
    ['without any limits', { receivedAt: '2027-01-15T15:59:59.999Z' }, UNLIMITED()],
    ['beside another one in the same ISPs', { ISP: [run(69, 4, -1000)], Price: '0.15' }, beside(-3000)],
    ['beside another one elsewhere', {}, beside(-3000, { CongestionPoint: 'ean.871685900012636550' })],
    [
      'beside another one in ISPs of the same numbers and of another length',
      { receivedAt: '2027-01-14T14:00:00.000Z', ISP: [run(18, 4)] },
      { ...beside(-3000, { ISPDuration: 'PT60M', ISP: [run(18, 1, -3000)] }), ...reserving(18) },
    ],
    ['just long enough after another one', {}, { ordered: before(['2027-01-15', 49]) }],
    ['after another one that was too long', {}, beside(-1, { Period: '2027-01-14', ISP: [run(69, 12, -1)] })],
    ['before another one that is too long', {}, beside(-1, { Period: '2027-01-16', ISP: [run(69, 12, -1)] })],
  ] as [string, Partial<OrderFacts>, Parameters<typeof contract>[0]][])(
    '%s: no reason against it',
    (_, facts, given) => {
      expect(directOrderRejections(order(facts), contract(given))).toEqual([]);
    },
  );
});

function UNLIMITED() {
  const none = undefined;
  return { terms: { leadTime: none, recoveryTime: none, longestActivation: none, maxActivations: none } };
}
function beside(Power: number, given: Partial<CalledContract['ordered'][number]> = {}) {
  return { ordered: [{ ...DAY, CongestionPoint: POINT, ISP: [run(69, 4, Power)], ...given }] };
}
function reserving(start: number) {
  return { contracted: [run(start, 4)], reserved: [run(start, 4)] };
}

describe('a direct order that its contract does not allow', () => {
  it.each([
    ['of another DSO', {}, { mayCall: false }, 'Unknown reference ContractID'],
    [
      'where only offers are agreed',
      {},
      { terms: { activationPricePerMWh: undefined } },
      'Invalid Message: direct orders are not agreed under this contract',
    ],
    ['elsewhere', {}, { isAbout: false }, 'Invalid congestion point'],
    [
      'on a day it does not cover',
      {},
      { isInForce: false },
      'Period out of bounds: the contract is not in force on 2027-01-15',
    ],
    ['of nothing', { ISP: [run(69, 4, 0)], Price: '0.00' }, {}, 'Power mismatch: no power is ordered'],
    ['in other ISPs', { ISP: [run(68, 4)] }, {}, 'ISP mismatch: ISP 68 is not in the contract'],
    [
      'of more than is reserved',
      { ISP: [run(69, 4, -4001)] },
      {},
      'Power mismatch: ISP 69: -4001 W ordered, -4000 W reserved',
    ],
    [
      'of the other direction',
      { ISP: [run(69, 4, 4000)] },
      {},
      'Power mismatch: ISP 69: 4000 W ordered, -4000 W reserved',
    ],
    [
      'of what was released',
      {},
      { reserved: [run(69, 2), run(71, 6, 0)] },
      'Power mismatch: ISP 71: -4000 W ordered, 0 W reserved',
    ],
    [
      'of what another order has already',
      { ISP: [run(69, 4, -1001)], Price: '0.15' },
      beside(-3000),
      'Power mismatch: ISP 69: -1001 W ordered, -4000 W reserved, of which -3000 W ordered before',
    ],
    ['in another currency', { Currency: 'SEK' }, {}, 'Price mismatch: SEK, the contract is in EUR'],
    ['at another price', { Price: '0.62' }, {}, 'Price mismatch: 0.62 EUR, by the contract 0.60 EUR'],
    [
      'too late',
      { receivedAt: '2027-01-15T15:00:00.001Z' },
      {},
      'Invalid Message: ordered 59 minutes before delivery, the contract demands PT1H',
    ],
    [
      'during delivery',
      { receivedAt: '2027-01-15T16:00:00.000Z' },
      UNLIMITED(),
      'Invalid Message: delivery would already have begun',
    ],
    [
      'for too long',
      { ISP: [run(69, 8)], Price: '1.20' },
      { terms: { longestActivation: 'PT1H' } },
      'Invalid Message: an activation of 120 minutes, the contract allows PT1H',
    ],
    [
      'that makes an earlier one too long',
      {},
      { ordered: before(['2027-01-15', 73]), terms: { longestActivation: 'PT1H45M' } },
      'Invalid Message: an activation of 120 minutes, the contract allows PT1H45M',
    ],
    [
      'too soon after another one',
      {},
      { ordered: before(['2027-01-15', 50]) },
      'Invalid Message: 225 minutes between two activations, the contract demands PT4H',
    ],
    [
      'too soon before another one',
      {},
      { ordered: before(['2027-01-15', 88]) },
      'Invalid Message: 225 minutes between two activations, the contract demands PT4H',
    ],
    [
      'too often a day',
      {},
      { ordered: before(['2027-01-15', 1], ['2027-01-15', 30]) },
      'Invalid Message: 3 activations a day, the contract allows 2',
    ],
    [
      'too often a week',
      {},
      { ordered: before(['2027-01-11', 69], ['2027-01-12', 69], ['2027-01-17', 69]) },
      'Invalid Message: 4 activations a week, the contract allows 3',
    ],
    [
      'too often a month',
      {},
      { ordered: before(['2027-01-01', 69], ['2027-01-08', 69], ['2027-01-22', 69], ['2027-01-31', 69]) },
      'Invalid Message: 5 activations a month, the contract allows 4',
    ],
    [
      'too often in all',
      {},
      { ordered: before(...[1, 2, 3, 4, 5].map((n): [string, number] => [`2026-0${n}-01`, 69])) },
      'Invalid Message: 6 activations in all, the contract allows 5',
    ],
    ['on another baseline', { BaselineReference: 'BL-2025' }, {}, 'Baseline mismatch'],
  ] as [string, Partial<OrderFacts>, Parameters<typeof contract>[0], string][])(
    '%s: rejected, and for nothing else',
    (_, facts, given, reason) => {
      expect(directOrderRejections(order(facts), contract(given))).toEqual([reason]);
    },
  );

  it('under no contract at all', () => {
    expect(directOrderRejections(order(), undefined)).toEqual(['Unknown reference ContractID']);
  });

  it('in several ways: told all of them, none with a semicolon of its own', () => {
    const wrong = order({ ISP: [run(60, 16, -9000)], Price: '1.00', receivedAt: '2027-01-15T13:44:00.000Z' });
    const reasons = directOrderRejections(wrong, contract());
    expect(reasons.map((reason) => reason.split(':')[0])).toEqual([
      'ISP mismatch',
      'Power mismatch',
      'Price mismatch',
      'Invalid Message',
      'Invalid Message',
    ]);
    expect(reasons.join('')).not.toContain(';');
  });
});

describe('what counts as one activation', () => {
  it('reaches over orders and midnight, as long as there is no gap', () => {
    const orders = [
      { ...DAY, Period: '2027-01-16', ISP: [run(1, 4)] },
      { ...DAY, ISP: [run(93, 2), run(95, 2, -1)] },
      { ...DAY, ISP: [run(90, 2), run(92, 1, 0)] },
    ];
    expect(activationsOf(orders)).toEqual([
      { from: '2027-01-15T21:15:00.000Z', to: '2027-01-15T21:45:00.000Z' },
      { from: '2027-01-15T22:00:00.000Z', to: '2027-01-16T00:00:00.000Z' },
    ]);
  });

  it('is longer or shorter where clocks change, by what really passes', () => {
    const [spring] = activationsOf([{ ...DAY, Period: '2027-03-28', ISP: [run(1, 92)] }]);
    const [autumn] = activationsOf([{ ...DAY, Period: '2027-10-31', ISP: [run(1, 100)] }]);
    const hours = ({ from, to }: { from: string; to: string }) =>
      (Date.parse(to) - Date.parse(from)) / 3_600_000;
    expect([hours(spring!), hours(autumn!)]).toEqual([23, 25]);
  });
});

it('the price depends on the energy alone, not on how it is cut up or which way it goes', () => {
  const watts = fc.integer({ min: 1, max: 100_000_000 });
  fc.assert(
    fc.property(watts, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), (power, a, b) => {
      const whole = directPrice({ ...DAY, ISP: [run(1, a + b, power)] }, '87.65', 'EUR');
      const cut = directPrice({ ...DAY, ISP: [run(1, a, -power), run(1 + a, b, power)] }, '87.65', 'EUR');
      expect(cut).toBe(whole);
    }),
  );
});
