import { eachISP, powerByISP, type PowerISP } from '../power.ts';
import type { Difference } from './reason.ts';

/** One group of ISPs of a ContractSettlement, powers in W; what was never asked, offered or ordered is left out. */
export interface StatedContractISP {
  readonly Start: number;
  readonly Duration: number;
  readonly ReservedPower: number;
  readonly RequestedPower?: number | undefined;
  readonly AvailablePower?: number | undefined;
  readonly OfferedPower?: number | undefined;
  readonly OrderedPower?: number | undefined;
}

/** What happened under a contract on one day, all in W. */
export interface ContractFacts {
  /** As the last update says, or the contract itself where none came. */
  readonly reserved: readonly PowerISP[];
  /** FlexRequests that we accepted: the band of every ISP. */
  readonly requests: readonly (readonly RequestedISP[])[];
  /** Options of offers that the DSO took in. */
  readonly offers: readonly (readonly PowerISP[])[];
  readonly orders: readonly (readonly PowerISP[])[];
}

export interface RequestedISP {
  readonly Disposition?: string | undefined;
  readonly MinPower: number;
  readonly MaxPower: number;
  readonly Start: number;
  readonly Duration: number;
}

/** One ISP of a contract as we have it, W. */
export interface ContractISP {
  readonly isp: number;
  readonly reserved: number;
  readonly requested?: number;
  readonly available?: number;
  readonly offered?: number;
  readonly ordered?: number;
}

/**
 * Recomputes the ISPs of a contract that a settlement names. UFTP, ContractSettlement: reserved and not released;
 * requested up to what is reserved; available is the limit up to which an offer complies, the far end of the
 * request in the reserved direction; offered in the most compliant offer; ordered, all orders together.
 */
export function settleContract(isps: readonly number[], facts: ContractFacts): ContractISP[] {
  const reservedBy = powerByISP(facts.reserved);
  const requests = facts.requests.map(byISP);
  const offers = facts.offers.map(powerByISP);
  const orders = facts.orders.map(powerByISP);
  return isps.map((isp) => {
    const reserved = reservedBy.get(isp) ?? 0;
    const direction = Math.sign(reserved) || -1;
    const asked = requests.flatMap((request) => request.get(isp) ?? []);
    const wanted = asked.filter(({ Disposition }) => Disposition === 'Requested');
    const offered = offers.flatMap((offer) => offer.get(isp) ?? []);
    const ordered = orders.flatMap((order) => order.get(isp) ?? []);
    return {
      isp,
      reserved,
      ...(wanted.length > 0 && {
        requested: upTo(reserved, furthest(wanted.map(nearBound), direction)),
      }),
      ...(asked.length > 0 && {
        available: furthest(
          asked.map(({ MinPower, MaxPower }) => (direction < 0 ? MinPower : MaxPower)),
          direction,
        ),
      }),
      ...(offered.length > 0 && { offered: furthest(offered, direction) }),
      ...(ordered.length > 0 && { ordered: ordered.reduce((sum, power) => sum + power, 0) }),
    };
  });
}

/**
 * Where a stated day of a contract differs from ours. A power that one side leaves out counts as 0, since what was
 * not asked, offered or ordered is left out; AvailablePower is compared only where it is stated.
 */
export function contractDifferences(
  stated: readonly StatedContractISP[],
  computed: readonly ContractISP[],
  toleranceW: number,
): Difference[] {
  const ours = new Map(computed.map((isp) => [isp.isp, isp]));
  const found: Difference[] = [];
  for (const { isp, group } of eachISP(stated)) {
    const own = ours.get(isp);
    const pairs: [string, number | undefined, number | undefined][] = [
      ['ReservedPower', group.ReservedPower, own?.reserved],
      ['RequestedPower', group.RequestedPower, own?.requested],
      [
        'AvailablePower',
        group.AvailablePower,
        group.AvailablePower === undefined ? undefined : own?.available,
      ],
      ['OfferedPower', group.OfferedPower, own?.offered],
      ['OrderedPower', group.OrderedPower, own?.ordered],
    ];
    for (const [field, theirs = 0, our = 0] of pairs)
      if (Math.abs(theirs - our) > toleranceW)
        found.push({ isp, field, stated: `${theirs} W`, own: `${our} W` });
  }
  return found;
}

/** ISPs that we hold reserved and that a settlement of that day leaves out: their availability would not be paid. */
export function omittedISPs(
  stated: readonly StatedContractISP[],
  reserved: readonly PowerISP[],
): readonly number[] {
  const named = new Set([...eachISP(stated)].map(({ isp }) => isp));
  return [...powerByISP(reserved)].flatMap(([isp, power]) => (power !== 0 && !named.has(isp) ? isp : []));
}

function byISP(request: readonly RequestedISP[]): Map<number, RequestedISP> {
  return new Map([...eachISP(request)].map(({ isp, group }) => [isp, group]));
}

/** The bound nearest zero: what a request asks for at least. */
function nearBound({ MinPower, MaxPower }: RequestedISP): number {
  if (MinPower > 0) return MinPower;
  return MaxPower < 0 ? MaxPower : 0;
}

const furthest = (powers: readonly number[], direction: number): number =>
  powers.reduce((best, power) => (power * direction > best * direction ? power : best));

/** The weaker of two powers where they point the same way, else nothing. */
function upTo(reserved: number, requested: number): number {
  if (Math.sign(reserved) !== Math.sign(requested)) return 0;
  return Math.sign(reserved) * Math.min(Math.abs(reserved), Math.abs(requested));
}
