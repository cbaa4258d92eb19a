import { describe, expect, it } from 'vitest';
import type { Frame, OrderFacts } from '../../market/flex-request/index.ts';
import { planFor } from './plan.ts';

const frame: Frame = {
  ...{ dso: 'dso.example.com', conversationId: 'c', version: '3.1.0', ISPDuration: 'PT15M' },
  ...{ TimeZone: 'Europe/Amsterdam', Period: '2027-03-28', CongestionPoint: 'ean.1', ContractID: 'C-1' },
};
const order: OrderFacts = {
  ...{ ...frame, inboxId: 'i', messageId: 'm', receivedAt: '2027-03-27T10:00:00.000Z' },
  ...{ OrderReference: 'O-1', ActivationFactor: '1.00', Price: '1.00', Currency: 'EUR' },
  ISP: [
    { Start: 9, Duration: 1, Power: -3000 },
    { Start: 7, Duration: 2, Power: -3000 },
    { Start: 12, Duration: 1, Power: 500 },
  ],
};
const watts = (...of: [number, number][]): number[] => {
  const powers = new Array<number>(92).fill(0);
  for (const [isp, power] of of) powers[isp - 1] = power;
  return powers;
};
const key = { workflowId: 'w', step: 'FlexOffer/1' };

describe('the plan of an order', () => {
  it('says what each asset does, by ISP number and instant, over a change of clocks', () => {
    const plan = planFor(key, frame, order, {
      redispatchBy: 'AGR',
      assets: [
        {
          ...{ connection: 'ean.2', asset: 'battery' },
          ...{ reduceW: watts([7, 1000], [8, 1000], [9, 2000]), increaseW: watts([12, 500]) },
        },
        {
          ...{ connection: 'ean.3', asset: 'heat' },
          ...{ reduceW: watts([7, 2000], [8, 2000], [9, 1000]), increaseW: watts() },
        },
      ],
    });
    expect(plan).toMatchObject({
      ...{ ...key, DSO: 'dso.example.com', OrderReference: 'O-1', ContractID: 'C-1', redispatchBy: 'AGR' },
      // 02:00 is 03:00 on that day: ISP 9 begins at 01:00 UTC.
      ...{ begins: '2027-03-28T00:30:00.000Z', ends: '2027-03-28T02:00:00.000Z' },
    });
    expect(plan.ISP).toEqual([
      {
        ...{ Start: 7, Duration: 3, Power: -3000 },
        ...{ begins: '2027-03-28T00:30:00.000Z', ends: '2027-03-28T01:15:00.000Z' },
      },
      {
        ...{ Start: 12, Duration: 1, Power: 500 },
        ...{ begins: '2027-03-28T01:45:00.000Z', ends: '2027-03-28T02:00:00.000Z' },
      },
    ]);
    expect(
      plan.assets.map(({ name, ISP }) => [
        name,
        ISP.map(({ Start, Duration, Power }) => [Start, Duration, Power]),
      ]),
    ).toEqual([
      [
        'battery',
        [
          [7, 2, -1000],
          [9, 1, -2000],
          [12, 1, 500],
        ],
      ],
      [
        'heat',
        [
          [7, 2, -2000],
          [9, 1, -1000],
        ],
      ],
    ]);
    // What the assets do adds up to what was ordered.
    const sum = (isp: number) =>
      plan.assets
        .flatMap(({ ISP }) => ISP)
        .filter(({ Start, Duration }) => Start <= isp && isp < Start + Duration)
        .reduce((total, { Power }) => total + Power, 0);
    expect([7, 8, 9, 10, 12].map(sum)).toEqual([-3000, -3000, -3000, 0, 500]);
  });

  it('leaves out assets that do nothing, and says nothing that nobody said', () => {
    const { ContractID: _, ...bare } = frame;
    const idle = { connection: 'ean.2', asset: 'idle', reduceW: watts(), increaseW: watts() };
    const plan = planFor(key, bare, order, { assets: [idle] });
    expect(plan.assets).toEqual([]);
    expect(plan).not.toHaveProperty('ContractID');
    expect(plan).not.toHaveProperty('redispatchBy');
  });
});
