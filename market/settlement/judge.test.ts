import { describe, expect, it } from 'vitest';
import { disputeReason, LONGEST_REASON, type OrderSettlement, type StatedSettlement } from './index.ts';

const order = {
  period: '2026-06-15',
  congestionPoint: 'ean.871685900012636543',
  contractId: 'C-1',
  baselineReference: 'BL-1',
};
const exact = { powerToleranceW: 0, amountTolerance: '0', unknown: 'dispute' as const };
const isp = { baseline: 5000, ordered: -2000, actual: 3200, delivered: -1800, deficiency: 200 };
const own: Extract<OrderSettlement, { kind: 'computed' }> = {
  kind: 'computed',
  price: '21.00',
  penalty: '1.50',
  netSettlement: '19.50',
  isps: [48, 49].map((number) => ({ isp: number, ...isp })),
};

const stated = (
  changes: Partial<StatedSettlement> = {},
  group: Partial<StatedSettlement['ISP'][number]> = {},
): StatedSettlement => ({
  OrderReference: 'O-1',
  Period: order.period,
  CongestionPoint: order.congestionPoint,
  Price: '21.0',
  Penalty: '1.5',
  NetSettlement: '19.5000',
  ISP: [
    {
      Start: 48,
      Duration: 2,
      BaselinePower: 5000,
      OrderedFlexPower: -2000,
      ActualPower: 3200,
      DeliveredFlexPower: -1800,
      PowerDeficiency: 200,
      ...group,
    },
  ],
  ...changes,
});
const judged = (item: StatedSettlement, computed: OrderSettlement = own, terms = {}) =>
  disputeReason(item, order, computed, { ...exact, ...terms });

describe('a stated settlement', () => {
  it('agrees where all figures do, however they are written', () => {
    expect(judged(stated())).toBeUndefined();
    const restated = {
      ContractID: 'C-1',
      BaselineReference: 'BL-1',
      CongestionPoint: 'EAN.871685900012636543',
    };
    expect(judged(stated(restated))).toBeUndefined();
  });

  it('agrees whatever sign the DSO gives delivered power and deficiency', () => {
    expect(judged(stated({}, { DeliveredFlexPower: 1800, PowerDeficiency: -200 }))).toBeUndefined();
  });

  it.each([
    [{ BaselinePower: 5001 }, 'BaselinePower 5001 W, we have 5000 W'],
    [{ OrderedFlexPower: 2000 }, 'OrderedFlexPower 2000 W, we have -2000 W'],
    [{ ActualPower: 3201 }, 'ActualPower 3201 W, we have 3200 W'],
    [{ DeliveredFlexPower: -1801 }, 'DeliveredFlexPower 1801 W, we have 1800 W'],
    [{ PowerDeficiency: 199 }, 'PowerDeficiency 199 W, we have 200 W'],
  ])('is disputed for %o, with both figures', (change, text) => {
    expect(judged(stated({}, change))).toBe(`ISP 48-49: ${text}`);
    const tolerated = judged(stated({}, change), own, { powerToleranceW: 1 });
    expect(tolerated).toBe('OrderedFlexPower' in change ? `ISP 48-49: ${text}` : undefined);
  });

  it.each([
    [{ Price: '21.01' }, 'Price 21.01, we have 21.00'],
    [{ Penalty: '1.49' }, 'Penalty 1.49, we have 1.50'],
    [{ NetSettlement: '19.49' }, 'NetSettlement 19.49, we have 19.50'],
  ])('is disputed for %o, with both amounts', (change, text) => {
    expect(judged(stated(change))).toBe(text);
    expect(judged(stated(change), own, { amountTolerance: '0.01' })).toBeUndefined();
  });

  it('is disputed for every difference together', () => {
    expect(judged(stated({ Penalty: '9.00', NetSettlement: '12.00' }))).toBe(
      'Penalty 9.00, we have 1.50; NetSettlement 12.00, we have 19.50',
    );
  });

  it('is disputed for ISPs that were not ordered, and for ordered ones it leaves out', () => {
    expect(judged(stated({}, { Duration: 3 }))).toBe('ISP 50: not part of the order');
    expect(judged(stated({}, { Duration: 1 }))).toBe('ISP 49: ordered, but not in the settlement');
  });

  it.each([
    [{ Period: '2026-06-16' }, 'Period 2026-06-16, we have 2026-06-15'],
    [{ ContractID: 'C-2' }, 'ContractID C-2, we have C-1'],
    [{ BaselineReference: 'BL-2' }, 'BaselineReference BL-2, we have BL-1'],
    [
      { CongestionPoint: 'ean.265987182507322951' },
      'CongestionPoint ean.265987182507322951, we have ean.871685900012636543',
    ],
  ])('is disputed for %o, whatever its figures are', (change, text) => {
    expect(judged(stated({ ...change, Price: '1' }))).toBe(text);
  });

  it('is disputed in a few words, however much is wrong', () => {
    const isps = Array.from({ length: 96 }, (_, index) => ({ isp: index + 1, ...isp }));
    const ISP = isps.map(({ isp: Start }) => ({
      ...stated().ISP[0]!,
      Start,
      Duration: 1,
      BaselinePower: Start,
    }));
    const reason = judged(stated({ ISP }), { ...own, isps })!;
    expect(reason).toMatch(/^ISP 1: BaselinePower 1 W, we have 5000 W; ISP 2: .*; and \d+ more differences$/);
    expect(reason.length).toBeLessThanOrEqual(LONGEST_REASON);
    const endless = judged(stated({ Period: 'x'.repeat(5000) }))!;
    expect(endless.length).toBeLessThanOrEqual(LONGEST_REASON);
  });
});

describe('what we do not know', () => {
  const assumed: OrderSettlement = {
    ...own,
    isps: own.isps.map((each) => ({ ...each, assumed: ['reading'] as const })),
  };

  it('is a dispute, naming the ISPs', () => {
    expect(judged(stated(), assumed)).toBe('no meter data of ours for ISP 48-49');
    const missing = [
      { isp: 3, what: 'baseline' },
      { isp: 7, what: 'reading' },
      { isp: 5, what: 'reading' },
    ] as const;
    expect(judged(stated(), { kind: 'unknown', missing })).toBe(
      'no baseline of ours for ISP 3; no meter data of ours for ISP 5, 7',
    );
  });

  it('is accepted where so configured, as long as the rest holds', () => {
    const trusting = { unknown: 'accept' };
    expect(judged(stated(), assumed, trusting)).toBeUndefined();
    expect(judged(stated({ Penalty: '1.60', NetSettlement: '19.40' }), assumed, trusting)).toBe(
      'Penalty 1.60, we have 1.50; NetSettlement 19.40, we have 19.50',
    );
    // Where even the DSO says nothing, there is nothing to accept.
    const missing = [{ isp: 3, what: 'reading' }] as const;
    expect(judged(stated(), { kind: 'unknown', missing }, trusting)).toBe('no meter data of ours for ISP 3');
  });

  it('does not hide what is wrong beside it', () => {
    expect(judged(stated({ Price: '20.00' }), assumed)).toBe(
      'Price 20.00, we have 21.00; no meter data of ours for ISP 48-49',
    );
  });

  it('is not said in two ways', () => {
    expect(judged(stated({}, { ActualPower: 3300 }), assumed, { unknown: 'accept' })).toBe(
      'ISP 48-49: ActualPower 3300 W here, 3200 W for another order',
    );
  });
});
