import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message } from '../uftp/index.ts';
import { settleContract } from './contract-settlement.ts';
import { contract, market } from './scenario.ts';
import { settleOrders, totalPower } from './settlement.ts';

const period = '2026-06-15';
let orders = 0;

function order(power: number, start = 1, duration = 1, price = '42.00'): Message<'FlexOrder'> {
  orders += 1;
  return {
    OrderReference: `O-${orders}`,
    Period: period,
    CongestionPoint: 'ean.871685900012636543',
    BaselineReference: 'BL',
    ContractID: 'C-1',
    Price: price,
    Currency: 'EUR',
    ISP: [{ Power: power, Start: start, Duration: duration }],
  } as unknown as Message<'FlexOrder'>;
}

const settle = (facts: {
  orders: Message<'FlexOrder'>[];
  baseline: number[];
  actual: number[];
  rate?: string;
}) => settleOrders({ market, penaltyPerMWh: () => facts.rate ?? '0', ...facts });

describe('the settlement of an order', () => {
  // The worked example of the specification: baseline 10 MW, ordered -2 MW.
  it.each([
    { actual: 7, delivered: -2, missing: 0 },
    { actual: 8, delivered: -2, missing: 0 },
    { actual: 9, delivered: -1, missing: 1 },
    { actual: 10, delivered: 0, missing: 2 },
    { actual: 11, delivered: 0, missing: 3 },
  ])('gives $delivered MW and lacks $missing MW when $actual MW flow', ({ actual, delivered, missing }) => {
    const [item] = settle({ orders: [order(-2e6)], baseline: [10e6], actual: [actual * 1e6] });
    expect(item!.ISP[0]).toMatchObject({
      DeliveredFlexPower: delivered * 1e6,
      PowerDeficiency: missing * 1e6,
    });
  });

  it('mirrors the example for ordered consumption', () => {
    const [item] = settle({ orders: [order(2000)], baseline: [10_000], actual: [11_500] });
    expect(item!.ISP[0]).toMatchObject({ DeliveredFlexPower: 1500, PowerDeficiency: 500 });
  });

  it('takes the penalty from the price: energy missing over the ISP, at the rate per MWh', () => {
    // 400 kW missing for a quarter of an hour is 0.1 MWh.
    const [item] = settle({ orders: [order(-1e6)], baseline: [2e6], actual: [1.4e6], rate: '250.00' });
    expect(item).toMatchObject({ Price: '42.00', Penalty: '25.00', NetSettlement: '17.00' });
  });

  it('can cost more than it brings', () => {
    const [item] = settle({ orders: [order(-1e6)], baseline: [1e6], actual: [1e6], rate: '250.00' });
    expect(item).toMatchObject({ Penalty: '62.50', NetSettlement: '-20.50' });
  });

  it('serves the order that was placed first, and charges the wrong way to the last', () => {
    const both = () => [order(-1000), order(-1000)];
    const isps = (actual: number) =>
      settle({ orders: both(), baseline: [5000], actual: [actual] }).map(({ ISP }) => [
        ISP[0]!.DeliveredFlexPower,
        ISP[0]!.PowerDeficiency,
      ]);
    expect(isps(3500)).toEqual([
      [-1000, 0],
      [-500, 500],
    ]);
    expect(isps(5300)).toEqual([
      [0, 1000],
      [0, 1300],
    ]);
  });

  it('keeps the sums of the specification whatever was ordered and metered', () => {
    const power = fc.integer({ min: -1_000_000, max: 1_000_000 });
    const amounts = fc.array(fc.integer({ min: 1, max: 500_000 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(power, power, amounts, fc.constantFrom(-1, 1), (baseline, actual, powers, sign) => {
        const settled = settle({
          orders: powers.map((amount) => order(sign * amount)),
          baseline: [baseline],
          actual: [actual],
        }).map(({ ISP }) => ISP[0]!);
        const ordered = powers.reduce((sum, amount) => sum + amount, 0);
        const realised = sign * (actual - baseline);
        const total = (field: 'DeliveredFlexPower' | 'PowerDeficiency') =>
          settled.reduce((sum, isp) => sum + isp[field], 0);
        expect(sign * total('DeliveredFlexPower') + 0).toBe(Math.min(Math.max(realised, 0), ordered));
        expect(total('PowerDeficiency')).toBe(Math.max(0, ordered - realised));
      }),
    );
  });

  it('refuses orders in opposite directions on one ISP', () => {
    expect(() => settle({ orders: [order(-1), order(1)], baseline: [0], actual: [0] })).toThrow(
      expect.objectContaining({ code: 'simulator.orders-opposed' }),
    );
  });
});

describe('metered power of a congestion point', () => {
  it('is the sum over its connections', () => {
    const reading = (connection: string, powers: number[]) => ({
      connection,
      isps: powers.map((power, index) => ({ start: index + 1, power })),
    });
    expect(totalPower([reading('a', [1, 2]), reading('b', [10, -20])], 2)).toEqual([11, -18]);
  });

  it('is not made up where a reading is missing', () => {
    expect(() => totalPower([{ connection: 'a', isps: [{ start: 1, power: 1 }] }], 2)).toThrow(
      expect.objectContaining({ code: 'simulator.readings-incomplete' }),
    );
  });
});

describe('the settlement of a contract', () => {
  const request = {
    ISP: [
      { Disposition: 'Requested', MinPower: -600_000, MaxPower: -350000, Start: 69, Duration: 4 },
      { Disposition: 'Available', MinPower: -600_000, MaxPower: 200000, Start: 73, Duration: 4 },
    ],
  } as unknown as Message<'FlexRequest'>;
  const facts = {
    contract,
    period,
    count: 96,
    reservation: undefined,
    requests: [request],
    offers: [],
    orders: [],
  };

  it('covers the ISPs of the contract; what is requested counts up to what is reserved', () => {
    const [day] = settleContract(facts).Period;
    expect(day!.ISP.map(({ Start }) => Start)).toEqual([69, 70, 71, 72, 73, 74, 75, 76]);
    expect(day!.ISP[0]).toMatchObject({
      ReservedPower: -400_000,
      RequestedPower: -350_000,
      OrderedPower: undefined,
    });
    expect(day!.ISP[7]).toMatchObject({ ReservedPower: -400_000, RequestedPower: undefined });
  });

  it('follows the last reservation update, and reports offers and orders', () => {
    const reservation = {
      ISP: [{ Power: -1000, Start: 69, Duration: 1 }],
    } as unknown as Message<'FlexReservationUpdate'>;
    const offer = {
      OfferOption: [
        { ISP: [{ Power: -300_000, Start: 69, Duration: 1 }] },
        { ISP: [{ Power: -500, Start: 69 }] },
      ],
    } as unknown as Message<'FlexOffer'>;
    const [day] = settleContract({
      ...facts,
      reservation,
      offers: [offer],
      orders: [order(-300000, 69)],
    }).Period;
    expect(day!.ISP[0]).toMatchObject({
      ReservedPower: -1000,
      RequestedPower: -1000,
      OfferedPower: -300_000,
      OrderedPower: -300_000,
    });
    expect(day!.ISP[1]).toMatchObject({ ReservedPower: 0, RequestedPower: 0 });
  });
});
