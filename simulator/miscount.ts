import Big from 'big.js';
import type { Message } from '../uftp/index.ts';

type Settlement = Pick<Message<'FlexSettlement'>, 'FlexOrderSettlement' | 'ContractSettlement'>;
type Item = Settlement['FlexOrderSettlement'][number];
type SettledISP = Item['ISP'][number];

/** The ways in which a DSO can be told to miscount the first order of a settlement, and nothing else. */
export const MISCOUNTS = {
  /** The baseline of the first ISP, 1 kW too high. */
  'baseline-inflated': firstISP((isp) => ({ BaselinePower: isp.BaselinePower + 1_000 })),
  /** Half of what was ordered in the first ISP. */
  'order-shrunk': firstISP((isp) => ({ OrderedFlexPower: Math.trunc(isp.OrderedFlexPower / 2) })),
  /** The meter of the first ISP, 1 kW too high. */
  'meter-misread': firstISP((isp) => ({ ActualPower: isp.ActualPower + 1_000 })),
  /** What was delivered in the first ISP, 1 kW too little. */
  'delivery-undercounted': firstISP((isp) => ({
    DeliveredFlexPower: isp.DeliveredFlexPower - 1_000 * (Math.sign(isp.DeliveredFlexPower) || 1),
  })),
  /** A deficiency of 1 kW more in the first ISP. */
  'deficiency-invented': firstISP((isp) => ({ PowerDeficiency: isp.PowerDeficiency + 1_000 })),
  /** One less than agreed, and paid accordingly. */
  'price-cut': firstItem((item) => ({
    Price: less(item.Price, '1'),
    NetSettlement: less(item.NetSettlement, '1'),
  })),
  /** A penalty of five more, and paid accordingly. */
  'penalty-padded': firstItem((item) => ({
    Penalty: less(item.Penalty, '-5'),
    NetSettlement: less(item.NetSettlement, '5'),
  })),
  /** A cent gets lost between price and penalty. */
  'sum-wrong': firstItem((item) => ({ NetSettlement: less(item.NetSettlement, '0.01') })),
  /** Everything an hour late, as on a clock that was not changed. */
  'hour-shifted': firstItem((item) => ({ ISP: item.ISP.map((isp) => ({ ...isp, Start: isp.Start + 4 })) })),
  /** The last ISP is left out. */
  'isp-dropped': firstItem((item) => ({ ISP: item.ISP.slice(0, -1) })),
  /** One ISP more than was ordered. */
  'isp-added': firstItem((item) => {
    const last = item.ISP.at(-1)!;
    return { ISP: [...item.ISP, { ...last, Start: last.Start + last.Duration }] };
  }),
  /** The order stands there twice. */
  'order-doubled': (settlement: Settlement): Settlement => ({
    ...settlement,
    FlexOrderSettlement: [...settlement.FlexOrderSettlement, settlement.FlexOrderSettlement[0]!],
  }),
  /** An order that was never placed. */
  'order-invented': (settlement: Settlement): Settlement => ({
    ...settlement,
    FlexOrderSettlement: [
      ...settlement.FlexOrderSettlement,
      { ...settlement.FlexOrderSettlement[0]!, OrderReference: 'NEVER-PLACED' },
    ],
  }),
  /** The order is left out: the one way that is answered with a rejection. */
  'order-forgotten': (settlement: Settlement): Settlement => ({
    ...settlement,
    FlexOrderSettlement: settlement.FlexOrderSettlement.slice(1),
  }),
  /** 1 kW less than was reserved in the first ISP of the first contract. */
  'reservation-shrunk': (settlement: Settlement): Settlement => {
    const [contract, ...others] = settlement.ContractSettlement;
    if (!contract) return settlement;
    const [day, ...days] = contract.Period;
    const [isp, ...isps] = day!.ISP;
    const ReservedPower = isp!.ReservedPower - 1_000 * (Math.sign(isp!.ReservedPower) || 1);
    const shrunk = { ...day!, ISP: [{ ...isp!, ReservedPower }, ...isps] };
    return { ...settlement, ContractSettlement: [{ ...contract, Period: [shrunk, ...days] }, ...others] };
  },
} as const;

export type Miscount = keyof typeof MISCOUNTS;

/** A settlement that is wrong in one way, as a DSO that miscounts states it. */
export function miscounted<S extends Settlement>(settlement: S, way: Miscount): S {
  return { ...settlement, ...MISCOUNTS[way](settlement) };
}

function firstItem(change: (item: Item) => Partial<Item>) {
  return (settlement: Settlement): Settlement => {
    const [item, ...others] = settlement.FlexOrderSettlement;
    if (!item) return settlement;
    return { ...settlement, FlexOrderSettlement: [{ ...item, ...change(item) }, ...others] };
  };
}

function firstISP(change: (isp: SettledISP) => Partial<SettledISP>) {
  return firstItem(({ ISP: [isp, ...others] }) =>
    isp ? { ISP: [{ ...isp, ...change(isp) }, ...others] } : {},
  );
}

const less = (amount: string, by: string): string => new Big(amount).minus(by).toFixed(2);
