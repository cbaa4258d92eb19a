import { contractBook, type ContractTerms, isAbout, mayCall, scheduledPower } from '../config/index.ts';
import type { PowerISP } from '../market/power.ts';
import type { Frame } from '../market/flex-request/index.ts';
import type { ActiveCongestionPoint } from '../store/index.ts';
import type { Dependencies } from './dependencies.ts';
import { fromStored } from './isps.ts';

type Shelves = Pick<Dependencies, 'config' | 'store' | 'clock'>;

/** Where and when a contract is called on. */
export interface CalledAt {
  readonly contractId: string;
  readonly congestionPoint: string;
  /** Local day `YYYY-MM-DD`. */
  readonly period: string;
}

/**
 * The terms of a contract as a DSO may call on it there on that day; undefined where it may not, or there is no such
 * contract. Not only the contract's own DSO may, unless the contract says so.
 */
export async function termsFor(
  { config, store, clock }: Shelves,
  dso: string,
  { contractId, congestionPoint, period }: CalledAt,
): Promise<ContractTerms | undefined> {
  const terms = await contractBook(config, store.contracts, clock).onDay(contractId, period);
  return terms && mayCall(terms, dso) && isAbout(terms, congestionPoint) ? terms : undefined;
}

/**
 * Power in W by ISP that a contract keeps reserved: as the last accepted FlexReservationUpdate says, else as the
 * contract says itself.
 */
export async function reservedUnder(
  { store }: Pick<Shelves, 'store'>,
  terms: ContractTerms,
  at: CalledAt,
): Promise<PowerISP[]> {
  const inForce = await store.reservations.inForce(at);
  return inForce ? fromStored(inForce.isps) : scheduledPower(terms, at.period);
}

/**
 * The congestion point as the CROs say it stands for a day: of the DSO that trades there, or of the contract's own DSO
 * where another grid operator calls on the contract. Undefined where we are not active on it.
 */
export async function activePoint(
  deps: Shelves,
  {
    dso,
    ContractID,
    CongestionPoint,
    Period,
  }: Pick<Frame, 'dso' | 'ContractID' | 'CongestionPoint' | 'Period'>,
): Promise<ActiveCongestionPoint | undefined> {
  const { portfolio } = deps.store;
  const own = await portfolio.activeCongestionPoint(dso, CongestionPoint, Period);
  if (own || ContractID === undefined) return own;
  const at = { contractId: ContractID, congestionPoint: CongestionPoint, period: Period };
  const terms = await termsFor(deps, dso, at);
  return terms && portfolio.activeCongestionPoint(terms.dso, CongestionPoint, Period);
}
