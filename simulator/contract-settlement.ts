import { ispsOf, type Message } from '../uftp/index.ts';
import type { Contract } from './market.ts';

/** What a contract came to on a day: reserved, and how far it was called on. */
export function settleContract(facts: {
  readonly contract: Contract;
  readonly period: string;
  readonly count: number;
  /** The last FlexReservationUpdate of the day; without one the contract's own reservation holds. */
  readonly reservation: Message<'FlexReservationUpdate'> | undefined;
  readonly requests: readonly Message<'FlexRequest'>[];
  readonly offers: readonly Message<'FlexOffer'>[];
  readonly orders: readonly Message<'FlexOrder'>[];
}): Message<'FlexSettlement'>['ContractSettlement'][number] {
  const { contract, count, reservation } = facts;
  const agreed = contract.reserved.map(({ start, duration, powerW }) => ({
    Start: start,
    Duration: duration,
    Power: powerW,
  }));
  const reserved = powersOf(reservation?.ISP ?? agreed, count);
  const requested = facts.requests.map(({ ISP }) =>
    powersOf(
      ISP.filter(({ Disposition }) => Disposition === 'Requested').map((group) => ({
        ...group,
        Power: nearestZero(group.MinPower, group.MaxPower),
      })),
      count,
    ),
  );
  const offered = facts.offers.flatMap(({ OfferOption }) =>
    OfferOption.map(({ ISP }) => powersOf(ISP, count)),
  );
  const orders = facts.orders.map(({ ISP }) => powersOf(ISP, count));
  const ISP = [...ispsOf(agreed, count)].map(({ ISP: Start }) => {
    const index = Start - 1;
    const ReservedPower = reserved[index] ?? 0;
    const asked = strongest(requested, index, ReservedPower);
    return {
      Start,
      Duration: 1,
      ReservedPower,
      RequestedPower: asked === undefined ? undefined : weaker(ReservedPower, asked),
      OfferedPower: strongest(offered, index, ReservedPower),
      OrderedPower: together(orders, index),
    };
  });
  return { ContractID: contract.id, Period: [{ Period: facts.period, ISP }] };
}

type Powers = readonly (number | undefined)[];

/** Power by ISP; undefined where no group reaches. */
function powersOf(
  groups: readonly { Start: number; Duration?: number; Power: number }[],
  count: number,
): Powers {
  const powers: (number | undefined)[] = Array.from({ length: count }, () => undefined);
  for (const { ISP, group } of ispsOf(groups, count)) powers[ISP - 1] = group.Power;
  return powers;
}

const nearestZero = (one: number, other: number): number =>
  one > 0 === other > 0 ? (Math.abs(one) < Math.abs(other) ? one : other) : 0;

/** UFTP, "ContractSettlement": requested power counts up to what is reserved, in the same direction. */
const weaker = (reserved: number, asked: number): number =>
  Math.sign(reserved) === Math.sign(asked) ? nearestZero(reserved, asked) : 0;

/** What all orders of an ISP come to; undefined where there is none. */
function together(orders: readonly Powers[], index: number): number | undefined {
  const powers = orders.flatMap((each) => each[index] ?? []);
  return powers.length === 0 ? undefined : powers.reduce((sum, power) => sum + power, 0);
}

/** The largest of several powers in the direction of the reservation. */
function strongest(all: readonly Powers[], index: number, reserved: number): number | undefined {
  const direction = Math.sign(reserved) || -1;
  const powers = all.flatMap((powers) => powers[index] ?? []);
  return powers.length === 0
    ? undefined
    : powers.reduce((best, power) => (power * direction > best * direction ? power : best));
}

/** Every schema demands a ContractSettlement; where there is no contract, one that reserves nothing says so. */
export function noContract(period: string): Message<'FlexSettlement'>['ContractSettlement'][number] {
  return {
    ContractID: undefined,
    Period: [
      {
        Period: period,
        ISP: [
          {
            Start: 1,
            Duration: 1,
            ReservedPower: 0,
            RequestedPower: undefined,
            AvailablePower: undefined,
            OfferedPower: undefined,
            OrderedPower: undefined,
          },
        ],
      },
    ],
  };
}
