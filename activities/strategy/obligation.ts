import { instant } from '../../base/clock.ts';
import type { Dso } from '../../config/index.ts';
import type { DecideInput, Frame, Obligation } from '../../market/flex-request/index.ts';
import { firstOpenISP, isIntraday } from '../../market/gates.ts';
import { reservedUnder, termsFor } from '../contracts.ts';
import type { Dependencies } from '../dependencies.ts';

/** What obliges to an offer, where a request calls on a contract. */
export async function obligationOf(deps: Dependencies, input: DecideInput): Promise<Obligation | undefined> {
  const { request, frame, reserved = [] } = input;
  const { dso, ContractID, CongestionPoint, Period } = frame;
  if (!request || ContractID === undefined) return undefined;
  const called = { contractId: ContractID, congestionPoint: CongestionPoint, period: Period };
  const terms = await termsFor(deps, dso, called);
  const trader = deps.config.participant(dso, 'DSO');
  return {
    reserved: terms ? await reservedUnder(deps, terms, called) : reserved,
    firstISP: trader ? firstISPOn(frame, trader, instant(deps.clock)) : 1,
  };
}

/** The first ISP that may be offered: intraday, the first whose gate is open. */
export function firstISPOn(frame: Frame, { market }: Dso, now: string): number {
  return isIntraday(frame, market.gateClosure, now) ? firstOpenISP(frame, market.gateClosure, now) : 1;
}
