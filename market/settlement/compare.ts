import Big from 'big.js';
import { eachISP } from '../power.ts';
import type { Lacking, SettledISP } from './delivery.ts';
import type { Difference } from './reason.ts';
import type { ComputedSettlement } from './settle.ts';

/** One group of ISPs of a FlexOrderSettlement, powers in W. */
export interface StatedISP {
  readonly Start: number;
  readonly Duration: number;
  readonly BaselinePower: number;
  readonly OrderedFlexPower: number;
  readonly ActualPower: number;
  readonly DeliveredFlexPower: number;
  readonly PowerDeficiency: number;
}

/** A FlexOrderSettlement as the DSO states it; money in decimals. */
export interface StatedSettlement {
  readonly OrderReference?: string | undefined;
  readonly Period: string;
  readonly ContractID?: string | undefined;
  readonly BaselineReference?: string | undefined;
  readonly DPrognosisMessageID?: string | undefined;
  readonly CongestionPoint: string;
  readonly Price: string;
  readonly Penalty: string;
  readonly NetSettlement: string;
  readonly ISP: readonly StatedISP[];
}

/** What an item has to say about the order it settles. */
export interface OrderHead {
  readonly period: string;
  readonly congestionPoint: string;
  readonly contractId?: string | undefined;
  readonly baselineReference?: string | undefined;
  /** MessageID of the D-Prognosis, in lower case. */
  readonly prognosisId?: string | undefined;
}

/** How far the DSO's figures may stray from ours: W, and an amount. */
export interface Tolerance {
  readonly powerToleranceW: number;
  readonly amountTolerance: string;
}

/** Where an item says something else than the order it settles: day, place, contract or baseline. */
export function headDifferences(stated: StatedSettlement, order: OrderHead): Difference[] {
  const pairs: [string, string | undefined, string | undefined][] = [
    ['Period', stated.Period, order.period],
    ['CongestionPoint', stated.CongestionPoint.toLowerCase(), order.congestionPoint.toLowerCase()],
    ['ContractID', stated.ContractID, order.contractId],
    ['BaselineReference', stated.BaselineReference, order.baselineReference],
    ['D-PrognosisMessageID', stated.DPrognosisMessageID?.toLowerCase(), order.prognosisId],
  ];
  return pairs.flatMap(([field, theirs, own]) =>
    theirs === undefined || own === undefined || theirs === own ? [] : [{ field, stated: theirs, own }],
  );
}

/**
 * Where a stated settlement differs from ours: of every ISP the first figure that does (the others follow from
 * it), then the amounts. Delivered power and deficiency are compared by magnitude: the spec does not say their sign.
 */
export function figureDifferences(
  stated: StatedSettlement,
  computed: ComputedSettlement,
  tolerance: Tolerance,
): Difference[] {
  return [
    ...ispDifferences(stated, computed.isps, tolerance.powerToleranceW),
    ...amountDifferences(stated, computed, tolerance.amountTolerance),
  ];
}

function ispDifferences(
  stated: StatedSettlement,
  isps: readonly SettledISP[],
  toleranceW: number,
): Difference[] {
  const ours = new Map(isps.map((isp) => [isp.isp, isp]));
  const found: Difference[] = [];
  for (const { isp, group } of eachISP(stated.ISP)) {
    const own = ours.get(isp);
    ours.delete(isp);
    if (!own) {
      found.push({ isp, text: 'not part of the order' });
      continue;
    }
    const pairs: [string, number, number, Lacking?][] = [
      ['BaselinePower', group.BaselinePower, own.baseline, 'baseline'],
      ['OrderedFlexPower', group.OrderedFlexPower, own.ordered],
      ['ActualPower', group.ActualPower, own.actual, 'reading'],
      ['DeliveredFlexPower', Math.abs(group.DeliveredFlexPower), Math.abs(own.delivered)],
      ['PowerDeficiency', Math.abs(group.PowerDeficiency), own.deficiency],
    ];
    const wrong = pairs.find(([, theirs, our]) => Math.abs(theirs - our) > toleranceW);
    if (!wrong) continue;
    const [field, theirs, our, lacking] = wrong;
    // An assumed figure is the DSO's own, from another item of its message.
    if (lacking && own.assumed?.includes(lacking))
      found.push({ isp, text: `${field} ${theirs} W here, ${our} W for another order` });
    else found.push({ isp, field, stated: `${theirs} W`, own: `${our} W` });
  }
  for (const isp of ours.keys()) found.push({ isp, text: 'ordered, but not in the settlement' });
  return found;
}

function amountDifferences(
  stated: StatedSettlement,
  computed: ComputedSettlement,
  tolerance: string,
): Difference[] {
  const pairs: [string, string, string][] = [
    ['Price', stated.Price, computed.price],
    ['Penalty', stated.Penalty, computed.penalty],
    ['NetSettlement', stated.NetSettlement, computed.netSettlement],
  ];
  return pairs
    .filter(([, theirs, our]) => new Big(theirs).minus(our).abs().gt(tolerance))
    .map(([field, theirs, our]) => ({ field, stated: theirs, own: our }));
}
