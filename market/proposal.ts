import Big from 'big.js';
import { firstOutOfBounds, firstOverlap } from '../uftp/calendar/index.ts';
import type { OfferProposal } from './flex-request/facts.ts';
import { amount } from './money.ts';
import { type PowerISP, powerByISP, type RequestedBand } from './power.ts';

/** What a proposed offer is judged by. */
export interface ProposalTerms {
  /** What may be offered, by groups of ISPs; absent: nobody asked, so anything. */
  readonly bands?: readonly RequestedBand[] | undefined;
  /** W by ISP that a contract obliges to offer at least. */
  readonly obligations: ReadonlyMap<number, number>;
  readonly ispCount: number;
  /** The first ISP whose gate is open. */
  readonly firstISP: number;
  /** ISO 4217. */
  readonly currency: string;
  readonly mutexOffersSupported: boolean;
  /** The present instant (UTC). */
  readonly now: string;
}

type Option = OfferProposal['options'][number];

/** Decimals as UFTP CurrencyAmountType has them, and factors from 0.01 to 1.00. */
const AMOUNT = /^-?\d{1,14}(\.\d{1,4})?$/;
const FACTOR = /^(0\.(0[1-9]|[1-9]\d?)|1(\.00?)?)$/;

/** Everything that is wrong with an offer that an operator or an optimiser proposes; nothing: it may be made. */
export function proposalProblems(proposal: OfferProposal, terms: ProposalTerms): string[] {
  const { options, ExpirationDateTime } = proposal;
  return [
    ...expiryProblems(ExpirationDateTime, terms.now),
    ...(options.length === 0 ? ['there is no option'] : []),
    ...(options.length > 1 && !terms.mutexOffersSupported
      ? ['the congestion point does not take several options']
      : []),
    ...options.flatMap((option, index) =>
      [...termsProblems(option, terms.currency), ...powerProblems(option.ISP, terms)].map(
        (why) => `options.${index}: ${why}`,
      ),
    ),
  ];
}

function expiryProblems(expires: string | undefined, now: string): string[] {
  if (expires === undefined) return [];
  const at = Date.parse(expires);
  if (Number.isNaN(at)) return ['ExpirationDateTime is not an instant'];
  return at <= Date.parse(now) ? ['ExpirationDateTime is past'] : [];
}

function termsProblems({ Price, MinActivationFactor }: Option, currency: string): string[] {
  const wrong: string[] = [];
  if (!AMOUNT.test(Price)) wrong.push('Price is not a decimal number in quotes');
  else if (!new Big(amount(new Big(Price), currency)).eq(Price))
    wrong.push(`Price ${Price} has more decimals than ${currency}`);
  if (MinActivationFactor !== undefined && !FACTOR.test(MinActivationFactor))
    wrong.push('MinActivationFactor is not a factor from 0.01 to 1.00');
  return wrong;
}

function powerProblems(
  ISP: readonly PowerISP[],
  { bands, obligations, ispCount, firstISP }: ProposalTerms,
): string[] {
  if (ISP.length === 0) return ['there is no ISP'];
  if (ISP.some(({ Start, Duration, Power }) => ![Start, Duration, Power].every(Number.isSafeInteger)))
    return ['a number is not whole'];
  if (firstOutOfBounds(ISP, ispCount)) return ['an ISP is not one of the day'];
  const problems = firstOverlap(ISP) ? ['an ISP is named twice'] : [];
  for (const group of ISP) {
    const where = `ISP ${group.Start}`;
    if (group.Start < firstISP) {
      problems.push(`${where}: its gate is closed, the first open ISP is ${firstISP}`);
      continue;
    }
    const band = bands?.find((each) => contains(each, group));
    if (!bands) problems.push(...(group.Power === 0 ? [`${where}: 0 W is no offer`] : []));
    else if (!band) problems.push(`${where}: not within one group of the request`);
    else if (!reaches(band, group.Power)) problems.push(`${where}: ${group.Power} W is beyond the band`);
  }
  const asked = bands?.filter(({ Disposition }) => Disposition === 'Requested');
  if (asked && !ISP.some((group) => asked.some((each) => contains(each, group))))
    problems.push('none of its ISPs is Requested');
  return [...problems, ...obligationProblems(ISP, obligations)];
}

/** UFTP, bilateral contracts: what is both reserved and requested has to be offered, in every option. */
function obligationProblems(ISP: readonly PowerISP[], obligations: ReadonlyMap<number, number>): string[] {
  const powers = powerByISP(ISP);
  return [...obligations]
    .filter(([isp, power]) => Math.sign(power) * (powers.get(isp) ?? 0) < Math.abs(power))
    .map(
      ([isp, power]) =>
        `ISP ${isp}: ${powers.get(isp) ?? 0} W is less than the ${power} W that the contract obliges to`,
    );
}

function contains(band: RequestedBand, { Start, Duration }: PowerISP): boolean {
  return band.Start <= Start && Start + Duration <= band.Start + band.Duration;
}

/** Less than the bound nearest zero is a contribution all the same: others may add to it. */
function reaches({ MinPower, MaxPower }: RequestedBand, power: number): boolean {
  return power !== 0 && Math.min(0, MinPower) <= power && power <= Math.max(0, MaxPower);
}

/** What may still be offered of a request from an ISP on; a group that began earlier begins with it. */
export function bandsFrom(bands: readonly RequestedBand[], firstISP: number): RequestedBand[] {
  return bands.flatMap((band) => {
    const end = band.Start + band.Duration;
    const Start = Math.max(band.Start, firstISP);
    return Start < end ? [{ ...band, Start, Duration: end - Start }] : [];
  });
}

/** The obligations of ISPs that may still be offered. */
export function obligationsFrom(
  obligations: ReadonlyMap<number, number>,
  firstISP: number,
): Map<number, number> {
  return new Map([...obligations].filter(([isp]) => isp >= firstISP));
}
