import { expect, it } from 'vitest';
import { type Matchable, matchItems, type StatedSettlement } from './index.ts';

const order = (orderReference: string, changes: Partial<Matchable> = {}): Matchable => ({
  orderReference,
  period: '2026-06-15',
  congestionPoint: 'ean.871685900012636543',
  price: '21.00',
  ISP: [{ Power: -2000, Start: 48, Duration: 2 }],
  ...changes,
});
const item = (changes: Partial<StatedSettlement> = {}, ordered = -2000): StatedSettlement => ({
  Period: '2026-06-15',
  CongestionPoint: 'ean.871685900012636543',
  Price: '21.0',
  Penalty: '0',
  NetSettlement: '21',
  ISP: [48, 49].map((Start) => ({
    Start,
    Duration: 1,
    BaselinePower: 0,
    OrderedFlexPower: ordered,
    ActualPower: 0,
    DeliveredFlexPower: 0,
    PowerDeficiency: 0,
  })),
  ...changes,
});
const matched = (items: StatedSettlement[], orders: Matchable[]) =>
  matchItems(items, orders).map((found) => found?.orderReference);

it('an item is about the order it names, whatever else it says', () => {
  const orders = [order('A'), order('B')];
  expect(matched([item({ OrderReference: 'B', Price: '1' }), item({ OrderReference: 'X' })], orders)).toEqual(
    ['B', undefined],
  );
});

it('an item without a name is about an order of its place, day, price and powers that no other item has', () => {
  const orders = [order('A', { ISP: [{ Power: -1000, Start: 48, Duration: 2 }] }), order('B'), order('C')];
  expect(matched([item(), item({}, -1000)], orders)).toEqual(['B', 'A']);
  expect(matched([item({ OrderReference: 'B' }), item()], orders)).toEqual(['B', 'C']);
  expect(matched([item({ Price: '21.01' })], orders)).toEqual([undefined]);
  expect(matched([item({ Period: '2026-06-16' })], orders)).toEqual([undefined]);
});

it('where its powers fit none, it is about one that they do not fit, to be disputed as such', () => {
  expect(matched([item({}, -1500)], [order('A')])).toEqual(['A']);
  expect(matched([item({}, -1500), item()], [order('A')])).toEqual([undefined, 'A']);
});

it('every order is settled by one item only', () => {
  expect(matched([item(), item(), item()], [order('A'), order('B')])).toEqual(['A', 'B', undefined]);
});
