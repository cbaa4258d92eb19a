import type { Frame, OrderFacts, RedispatchBy } from '../../market/flex-request/index.ts';
import type { HeldAsset } from '../../market/plan.ts';
import { firstISP, lastISP, powerByISP } from '../../market/power.ts';
import { ispEnd, ispStart } from '../../uftp/index.ts';

/** A run of ISPs with one power, by number and as instants (UTC). */
export interface PlannedISP {
  readonly Start: number;
  readonly Duration: number;
  /** W, the change from the baseline: + is more consumption. */
  readonly Power: number;
  readonly begins: string;
  readonly ends: string;
}

/** What the assets have to do for an order. Plain JSON; docs/configuration.md describes it field by field. */
export interface DispatchPlan {
  readonly workflowId: string;
  readonly step: string;
  readonly DSO: string;
  readonly CongestionPoint: string;
  readonly ContractID?: string;
  readonly ServiceType?: string;
  readonly OrderReference: string;
  readonly Period: string;
  readonly TimeZone: string;
  readonly ISPDuration: string;
  readonly redispatchBy?: RedispatchBy;
  /** When the first ordered ISP begins, and the last one ends (UTC). */
  readonly begins: string;
  readonly ends: string;
  /** What the DSO ordered at the congestion point. */
  readonly ISP: readonly PlannedISP[];
  /** What each asset has of that. */
  readonly assets: readonly {
    readonly connection: string;
    readonly name: string;
    readonly ISP: readonly PlannedISP[];
  }[];
}

/**
 * The plan of an order. Neighbouring ISPs of one power stand together.
 *
 * @param given what each asset does for the order, in W by ISP, and who rebalances
 */
export function planFor(
  key: { readonly workflowId: string; readonly step: string },
  { dso, ContractID, ServiceType }: Frame,
  order: OrderFacts,
  given: { readonly assets: readonly HeldAsset[]; readonly redispatchBy?: RedispatchBy | undefined },
): DispatchPlan {
  const { OrderReference, CongestionPoint, Period, TimeZone, ISPDuration } = order;
  const at = (powers: ReadonlyMap<number, number>) =>
    runsOf(powers).map(({ Start, Duration, Power }) => ({
      ...{ Start, Duration, Power },
      begins: ispStart(Period, TimeZone, ISPDuration, Start),
      ends: ispEnd(Period, TimeZone, ISPDuration, Start + Duration - 1),
    }));
  return {
    ...{ workflowId: key.workflowId, step: key.step, DSO: dso, CongestionPoint },
    ...(ContractID !== undefined && { ContractID }),
    ...(ServiceType !== undefined && { ServiceType }),
    ...{ OrderReference, Period, TimeZone, ISPDuration },
    ...(given.redispatchBy !== undefined && { redispatchBy: given.redispatchBy }),
    begins: ispStart(Period, TimeZone, ISPDuration, firstISP(order.ISP)),
    ends: ispEnd(Period, TimeZone, ISPDuration, lastISP(order.ISP)),
    ISP: at(powerByISP(order.ISP)),
    assets: given.assets
      .map(({ connection, asset, reduceW, increaseW }) => {
        const powers = reduceW.map((watts, index) => [index + 1, (increaseW[index] ?? 0) - watts] as const);
        return { connection, name: asset, ISP: at(new Map(powers)) };
      })
      .filter(({ ISP }) => ISP.length > 0),
  };
}

/** Runs of neighbouring ISPs with the same power, in order; without those of 0 W. */
function runsOf(powers: ReadonlyMap<number, number>): { Start: number; Duration: number; Power: number }[] {
  const runs: { Start: number; Duration: number; Power: number }[] = [];
  for (const [isp, Power] of [...powers].sort(([a], [b]) => a - b)) {
    const last = runs.at(-1);
    if (Power === 0) continue;
    if (last?.Power === Power && last.Start + last.Duration === isp) last.Duration += 1;
    else runs.push({ Start: isp, Duration: 1, Power });
  }
  return runs;
}
