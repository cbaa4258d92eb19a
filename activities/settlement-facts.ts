import type { DeliveryFacts, Powers, SettledOrder, StatedSettlement } from '../market/settlement/index.ts';
import { eachISP, powerByISP } from '../market/power.ts';
import type { Store, StoredOrder } from '../store/index.ts';
import { ispCount, ispMinutes } from '../uftp/index.ts';
import { termsFor } from './contracts.ts';
import type { Dependencies } from './dependencies.ts';
import { fromStored } from './isps.ts';

type World = Pick<Dependencies, 'config' | 'store' | 'clock'>;

/** An order as settlement reads it. */
export function settledOrder({ orderReference, price, currency, isps }: StoredOrder): SettledOrder {
  return { orderReference, price, currency, ISP: fromStored(isps) };
}

/**
 * The baseline of an order, W by ISP: what its BaselineReference names, else the D-Prognosis that it names, else the
 * profile on which it was accepted, else the prognosis of ours that the DSO names. Empty where none of them is known.
 * UFTP, "Settlement": the deviation is from the initial baseline and all orders together, so where earlier orders
 * shaped an ISP already, what stood before them counts.
 */
export async function baselineOf(
  store: Pick<Store, 'baselines' | 'prognoses'>,
  order: StoredOrder,
  prognosisId?: string,
): Promise<Powers> {
  const { baselineReference, congestionPoint, period, dso } = order;
  if (baselineReference !== undefined)
    return (await store.baselines.find(congestionPoint, period, baselineReference))?.power ?? [];
  const resulting = await store.prognoses.resultingProfile(dso, order.orderMessageId);
  const named = order.prognosisId ?? resulting?.prognosisId ?? prognosisId;
  const prognosis = named === undefined ? undefined : await store.prognoses.byMessageId(named);
  const isOfThatDay = prognosis?.congestionPoint === congestionPoint && prognosis.period === period;
  const powers: (number | null)[] = isOfThatDay ? [...prognosis.power] : [];
  const ordered = powerByISP(fromStored(order.isps));
  for (const { isp, base, power } of resulting?.isps ?? []) {
    const isFirst = power - base === ordered.get(isp);
    // The order was placed on what it names, whatever was in force by then.
    if (order.prognosisId !== undefined && isOfThatDay && isFirst) continue;
    // What the profile was when the order came: later prognoses do not change what was sold.
    powers[isp - 1] = base;
  }
  return Array.from(powers, (power) => power ?? null);
}

/** What is known of the delivery day of an order, its contract's rate and price split included. */
export async function deliveryFacts(
  world: World,
  order: StoredOrder,
  stated: { readonly baseline: Powers; readonly actual: Powers },
  prognosisId?: string,
): Promise<DeliveryFacts> {
  const { store, config } = world;
  const { dso, congestionPoint, period, timeZone, ispDuration, contractId } = order;
  const agreed = config.participant(dso, 'DSO')?.settlement;
  const terms =
    contractId === undefined
      ? undefined
      : await termsFor(world, dso, { contractId, congestionPoint, period });
  const connections = await store.portfolio.connectionsOn(congestionPoint, period);
  const count = ispCount(period, timeZone, ispDuration);
  return {
    baseline: await baselineOf(store, order, prognosisId),
    actual: await store.meterReadings.sumOver(connections, period, count),
    stated,
    ispMinutes: ispMinutes(ispDuration),
    penaltyPerMWh: terms?.penaltyPerMWh ?? agreed?.penaltyPerMWh ?? '0',
    payFor: terms?.payFor ?? agreed?.payFor ?? 'ordered',
  };
}

/** What items of one congestion point and day state; where they contradict each other, the first counts. */
export function statedFigures(items: readonly StatedSettlement[]): { baseline: Powers; actual: Powers } {
  const baseline: number[] = [];
  const actual: number[] = [];
  for (const { isp, group } of items.flatMap(({ ISP }) => [...eachISP(ISP)])) {
    baseline[isp - 1] ??= group.BaselinePower;
    actual[isp - 1] ??= group.ActualPower;
  }
  return { baseline, actual };
}
