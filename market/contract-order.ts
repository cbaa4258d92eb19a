import Big from 'big.js';
import { Temporal } from 'temporal-polyfill';
import { ispCount, ispMinutes, ispsOf, ispStart } from '../uftp/calendar/index.ts';
import { TEXTS } from '../uftp/rules/texts.ts';
import { type Activation, activationsOf, type COUNTED, countBeside, type OrderedDay } from './activations.ts';
import type { OrderFacts } from './flex-request/facts.ts';
import { amount } from './money.ts';
import { firstISP, megawattHours, powerByISP, type PowerISP } from './power.ts';

/** What a contract says about calling on it without an offer. Durations ISO 8601, money decimal in `currency`. */
export interface CallTerms {
  readonly currency: string;
  readonly timeZone: string;
  /** Absent: direct orders are not agreed. */
  readonly activationPricePerMWh?: string | undefined;
  readonly priceTolerance: string;
  /** Least time from the receipt of an order to its first ISP. */
  readonly leadTime?: string | undefined;
  readonly maxActivations?: { readonly [stretch in keyof typeof COUNTED]?: number | undefined } | undefined;
  readonly recoveryTime?: string | undefined;
  readonly longestActivation?: string | undefined;
}

/** A contract as it stands towards one order. */
export interface CalledContract {
  /** Whether this DSO may call on it, whether it is about this congestion point, and in force on this day. */
  readonly mayCall: boolean;
  readonly isAbout: boolean;
  readonly isInForce: boolean;
  readonly terms: CallTerms;
  /** W by ISP that it reserves by itself on the day, and what of it the DSO did not release. */
  readonly contracted: readonly PowerISP[];
  readonly reserved: readonly PowerISP[];
  /** The BaselineReference agreed with the DSO; absent: another kind of baseline is. */
  readonly baselineReference?: string | undefined;
  /** Every order accepted under it, without this one. */
  readonly ordered: readonly (OrderedDay & { readonly CongestionPoint: string })[];
}

/**
 * Every reason to reject a direct FlexOrder (UFTP 3.1.0 FlexOrder: "based on a pre-existing agreement", so it is judged
 * by the contract). The spec's words stand first where it has any. None contains a semicolon, which separates them.
 *
 * @param order one whose ISPs were found to lie within the day, and not to overlap
 * @param contract undefined where no contract has that ContractID
 */
export function directOrderRejections(order: OrderFacts, contract: CalledContract | undefined): string[] {
  if (!contract?.mayCall) return [TEXTS.contractUnknown];
  const { terms } = contract;
  if (terms.activationPricePerMWh === undefined) return [NOT_AGREED];
  if (!contract.isInForce)
    return [`${TEXTS.periodOutOfBounds}: the contract is not in force on ${order.Period}`];
  if (!contract.isAbout) return [TEXTS.congestionPointInvalid];
  if (order.ISP.every(({ Power }) => Power === 0)) return [`${TEXTS.powerMismatch}: no power is ordered`];
  return [
    ...powerRejections(order, contract),
    ...priceRejections(order, terms, terms.activationPricePerMWh),
    ...leadRejections(order, terms),
    ...activationRejections(order, contract),
    ...(namesOtherBaseline(order, contract) ? [TEXTS.baselineMismatch] : []),
  ];
}

export const NOT_AGREED = 'Invalid Message: direct orders are not agreed under this contract';

/** One reason for ISPs outside of the contract, one for too much or the wrong direction: each names the first ISP. */
function powerRejections(order: OrderFacts, contract: CalledContract): string[] {
  const contracted = powerByISP(contract.contracted);
  const reserved = powerByISP(contract.reserved);
  const before = powerByISP(
    contract.ordered.filter((other) => isSameDay(order, other)).flatMap(({ ISP }) => ISP),
  );
  const outside: string[] = [];
  const beyond: string[] = [];
  for (const { ISP: isp, group } of ispsOf(order.ISP, countOf(order))) {
    if (group.Power === 0) continue;
    const most = reserved.get(isp) ?? 0;
    const already = before.get(isp) ?? 0;
    const turned = Math.sign(group.Power) !== Math.sign(most);
    if ((contracted.get(isp) ?? 0) === 0)
      outside.push(`${TEXTS.ispMismatch}: ISP ${isp} is not in the contract`);
    else if (turned || Math.abs(group.Power + already) > Math.abs(most)) {
      const taken = already === 0 ? '' : `, of which ${already} W ordered before`;
      beyond.push(`${TEXTS.powerMismatch}: ISP ${isp}: ${group.Power} W ordered, ${most} W reserved${taken}`);
    }
  }
  return [...outside.slice(0, 1), ...beyond.slice(0, 1)];
}

const isSameDay = (order: OrderFacts, other: CalledContract['ordered'][number]): boolean =>
  order.Period === other.Period &&
  order.CongestionPoint === other.CongestionPoint &&
  order.ISPDuration === other.ISPDuration;

const countOf = ({ Period, TimeZone, ISPDuration }: OrderFacts): number =>
  ispCount(Period, TimeZone, ISPDuration);

function priceRejections(order: OrderFacts, terms: CallTerms, perMWh: string): string[] {
  if (order.Currency !== terms.currency)
    return [`${TEXTS.priceMismatch}: ${order.Currency}, the contract is in ${terms.currency}`];
  const due = directPrice(order, perMWh, terms.currency);
  if (new Big(order.Price).minus(due).abs().lte(terms.priceTolerance)) return [];
  return [
    `${TEXTS.priceMismatch}: ${order.Price} ${order.Currency}, by the contract ${due} ${order.Currency}`,
  ];
}

/** What a direct order costs: the energy it moves, whatever the direction, at the contract's price. */
export function directPrice(
  order: Pick<OrderFacts, 'ISP' | 'ISPDuration'>,
  perMWh: string,
  currency: string,
): string {
  const minutes = ispMinutes(order.ISPDuration);
  const energy = order.ISP.reduce(
    (sum, { Power, Duration }) => sum.plus(megawattHours(Math.abs(Power), minutes * Duration)),
    new Big(0),
  );
  return amount(energy.times(perMWh), currency);
}

function leadRejections(order: OrderFacts, { leadTime = 'PT0S' }: CallTerms): string[] {
  const { Period, TimeZone, ISPDuration, receivedAt } = order;
  const first = firstISP(order.ISP.filter(({ Power }) => Power !== 0));
  const lead = Date.parse(ispStart(Period, TimeZone, ISPDuration, first)) - Date.parse(receivedAt);
  if (lead <= 0) return ['Invalid Message: delivery would already have begun'];
  if (lead >= milliseconds(leadTime)) return [];
  return [`Invalid Message: ordered ${minutesIn(lead)} before delivery, the contract demands ${leadTime}`];
}

function activationRejections(order: OrderFacts, { terms, ordered }: CalledContract): string[] {
  const all = activationsOf([...ordered, order]);
  const own = activationsOf([order]);
  const touched = all.filter((each) => own.some(({ from, to }) => each.from <= from && to <= each.to));
  return [...longest(touched, terms), ...tooOften(touched, all, terms), ...tooSoon(touched, all, terms)];
}

function longest(touched: readonly Activation[], { longestActivation: most }: CallTerms): string[] {
  if (most === undefined) return [];
  const tooLong = touched.find((each) => lengthOf(each) > milliseconds(most));
  return tooLong
    ? [`Invalid Message: an activation of ${minutesIn(lengthOf(tooLong))}, the contract allows ${most}`]
    : [];
}

const IN_WORDS = { perDay: 'a day', perWeek: 'a week', perMonth: 'a month', total: 'in all' } as const;

function tooOften(
  touched: readonly Activation[],
  all: readonly Activation[],
  { maxActivations = {}, timeZone }: CallTerms,
): string[] {
  return (Object.keys(IN_WORDS) as (keyof typeof COUNTED)[]).flatMap((stretch) => {
    const most = maxActivations[stretch];
    if (most === undefined) return [];
    const count = Math.max(...touched.map((each) => countBeside(each, all, stretch, timeZone)));
    if (count <= most) return [];
    return [`Invalid Message: ${count} activations ${IN_WORDS[stretch]}, the contract allows ${most}`];
  });
}

function tooSoon(
  touched: readonly Activation[],
  all: readonly Activation[],
  { recoveryTime }: CallTerms,
): string[] {
  if (recoveryTime === undefined) return [];
  const gaps = touched.flatMap((each) => {
    const at = all.indexOf(each);
    const [before, after] = [all[at - 1], all[at + 1]];
    return [
      ...(before ? [Date.parse(each.from) - Date.parse(before.to)] : []),
      ...(after ? [Date.parse(after.from) - Date.parse(each.to)] : []),
    ];
  });
  const shortest = Math.min(...gaps);
  if (shortest >= milliseconds(recoveryTime)) return [];
  return [
    `Invalid Message: ${minutesIn(shortest)} between two activations, the contract demands ${recoveryTime}`,
  ];
}

/** An order that names no baseline is taken as agreed. */
const namesOtherBaseline = (order: OrderFacts, { baselineReference }: CalledContract): boolean =>
  order.BaselineReference !== undefined && order.BaselineReference !== baselineReference;

const lengthOf = ({ from, to }: Activation): number => Date.parse(to) - Date.parse(from);
const milliseconds = (duration: string): number => Temporal.Duration.from(duration).total('milliseconds');
const minutesIn = (ms: number): string => `${Math.floor(ms / 60_000)} minutes`;
