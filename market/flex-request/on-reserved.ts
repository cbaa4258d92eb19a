import { stillObligated } from '../coverage.ts';
import { obligatedPower } from '../obligation.ts';
import { powerRuns } from '../power.ts';
import { alert, resolve } from './step.ts';
import { type FlexRequestState, isPromised, type OfferState } from './state.ts';

/** The alert that a contract obliges to more than was offered. */
const OBLIGED = 'obligation';

/**
 * Whether the offers that stand hold less than the contract now obliges to offer (UFTP, bilateral contracts). Then
 * one more has to be made; where they hold more than they must, they were promised and stay.
 */
export function lacksObligated(state: FlexRequestState): boolean {
  return state.requestStatus === 'Open' && missing(state, state.offers.filter(isPromised)).size > 0;
}

/**
 * Tells the operator what a contract obliges to and was not offered, as soon as nobody is about to decide on it. An
 * offer that expired was made all the same; for a request that was replaced the newer Revision counts.
 */
export function obligationTold(state: FlexRequestState, now: string): FlexRequestState {
  const { frame, requestStatus, deciding, askedUntil, offers } = state;
  if (requestStatus === 'Superseded') return resolve(state, OBLIGED);
  const over = requestStatus === 'Open' || requestStatus === 'Expired';
  if (!over || deciding.length > 0 || askedUntil !== undefined) return state;
  const made = offers.filter(({ status }) => status !== 'Refused' && status !== 'Revoked');
  const lacking = missing(state, made);
  if (lacking.size === 0) return resolve(state, OBLIGED);
  const text = `Contract ${frame?.ContractID} obliges to offer what was not offered: ${inWords(lacking)}.`;
  return alert(state, now, { key: OBLIGED, severity: 'critical', text });
}

/** What the contract obliges to beyond these offers, in W by ISP; an ISP whose gate was closed obliges to nothing. */
function missing(
  { request, reserved = [], firstISP = 1 }: FlexRequestState,
  offers: readonly OfferState[],
): Map<number, number> {
  const obligated = [...obligatedPower(reserved, request?.ISP ?? [])].filter(([isp]) => isp >= firstISP);
  return stillObligated(
    new Map(obligated),
    offers.map(({ content }) => content),
  );
}

function inWords(powers: ReadonlyMap<number, number>): string {
  const last = Math.max(...powers.keys());
  return powerRuns(Array.from({ length: last }, (_, index) => powers.get(index + 1) ?? 0))
    .filter(({ Power }) => Power !== 0)
    .map(({ Power, Start, Duration }) => `${Power} W in ISP ${Start} to ${Start + Duration - 1}`)
    .join(', ');
}
