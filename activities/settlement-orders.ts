import {
  disputeReason,
  matchItems,
  type OrderSettlement,
  reasonOf,
  settlementOf,
  type StatedSettlement,
} from '../market/settlement/index.ts';
import type { StoredOrder } from '../store/index.ts';
import type { Message } from '../uftp/index.ts';
import type { Dependencies } from './dependencies.ts';
import { fromStored } from './isps.ts';
import { deliveryFacts, settledOrder, statedFigures } from './settlement-facts.ts';

type World = Pick<Dependencies, 'config' | 'store' | 'clock'>;
type Settlement = Message<'FlexSettlement'>;
type Item = Settlement['FlexOrderSettlement'][number];

/** An item of a FlexSettlement with the order it is about and what was made of it. */
export interface JudgedItem {
  /** What the item is kept under. */
  readonly key: string;
  readonly stated: Item;
  readonly order?: StoredOrder;
  readonly computed?: OrderSettlement;
  /** Why it is disputed; absent where it is accepted. */
  readonly reason?: string;
}

/** The orders that the items of a settlement are about, by position; undefined where an item is about none. */
export async function ordersOf(
  { store }: Pick<World, 'store'>,
  dso: string,
  message: Settlement,
): Promise<{ matched: (StoredOrder | undefined)[]; unlisted: string[] }> {
  const { PeriodStart, PeriodEnd, FlexOrderSettlement: items } = message;
  const days = [PeriodStart, PeriodEnd, ...items.map(({ Period }) => Period)].toSorted();
  // Not all the year for a typing error: what lies elsewhere is looked up by its name.
  const due = await store.orders.inPeriod(dso, PeriodStart, days.at(-1)!);
  const known = new Set(due.map(({ orderReference }) => orderReference));
  const elsewhere: StoredOrder[] = [];
  for (const reference of new Set(items.map(({ OrderReference }) => OrderReference))) {
    if (reference === undefined || known.has(reference)) continue;
    const order = await store.orders.findByReference(dso, reference);
    if (order) elsewhere.push(order);
  }
  // What has no reference is about an order that is still to be settled, where both fit.
  const openFirst = [...due, ...elsewhere].toSorted((a, b) => Number(isSettled(a)) - Number(isSettled(b)));
  const candidates = openFirst.map((order) => ({ ...order, ISP: fromStored(order.isps) }));
  // An item that names an order leaves the others of that order to be disputed as doubled.
  const matched = matchItems(items as StatedSettlement[], candidates);
  const listed = new Set(matched.map((order) => order?.orderReference));
  const unlisted = (await store.settlements.unsettled(dso, PeriodStart, PeriodEnd))
    .map(({ orderReference }) => orderReference)
    .filter((reference) => !listed.has(reference));
  return { matched, unlisted };
}

/** Recomputes every item of a settlement and judges what it states. */
export async function judgeItems(
  world: World,
  dso: string,
  message: Settlement,
  orders: readonly (StoredOrder | undefined)[],
): Promise<JudgedItem[]> {
  const recompute = recomputer(world, dso, message);
  const agreed = world.config.participant(dso, 'DSO')?.settlement;
  const terms = agreed ?? { powerToleranceW: 0, amountTolerance: '0', unknown: 'dispute' as const };
  const keys = itemKeys(message);
  const settled = new Set<string>();
  const judged: JudgedItem[] = [];
  for (const [index, stated] of message.FlexOrderSettlement.entries()) {
    const key = keys[index]!;
    const order = orders[index];
    if (!order) {
      judged.push({ key, stated, reason: 'we accepted no such order' });
      continue;
    }
    const computed = await recompute(order, stated);
    const reason =
      doubled(order, settled) ??
      inOtherCurrency(order, message.Currency) ??
      disputeReason(stated as StatedSettlement, order, computed, terms);
    settled.add(order.orderReference);
    judged.push({ key, stated, order, computed, ...(reason !== undefined && { reason }) });
  }
  return judged;
}

export const SETTLED_BEFORE = 'this order was settled before';
export const LISTED_TWICE = 'this order is listed twice';

/** Money for one order is owed once: neither a second item for it nor a second settlement of it is accepted. */
function doubled(order: StoredOrder, settled: ReadonlySet<string>): string | undefined {
  if (settled.has(order.orderReference)) return LISTED_TWICE;
  return isSettled(order) ? SETTLED_BEFORE : undefined;
}

/** A contract may be in another currency than its DSO's market, and a settlement has one for all its items. */
function inOtherCurrency({ currency: own }: StoredOrder, stated: string): string | undefined {
  return stated === own ? undefined : reasonOf([{ field: 'Currency', stated, own }]);
}

const isSettled = ({ outcome }: StoredOrder): boolean => outcome === 'settled';

/**
 * What the items of a settlement are kept under: their OrderReference, or their place where they have none (it is
 * optional) or an empty one, repeat one, or have one too long for a key.
 */
export function itemKeys({ FlexOrderSettlement: items }: Settlement): string[] {
  const named = new Set(items.map(({ OrderReference }) => OrderReference));
  const used = new Set<string>();
  return items.map(({ OrderReference }, index) => {
    const isKey = OrderReference && OrderReference.length <= 255 && !used.has(OrderReference);
    const key = isKey ? OrderReference : placeKey(index + 1, named);
    used.add(key);
    return key;
  });
}

/** `#n`, with as many signs as it takes that no item is named so. */
function placeKey(place: number, named: ReadonlySet<string | undefined>): string {
  let key = `#${place}`;
  while (named.has(key)) key = `#${key}`;
  return key;
}

/**
 * Recomputes one order after the other. All orders of a congestion point and day are settled together, and only
 * once: a settlement may list thousands.
 */
function recomputer(world: World, dso: string, message: Settlement) {
  const days = new Map<string, Promise<(orderReference: string) => OrderSettlement>>();
  const ordered = new Map<string, Promise<StoredOrder[]>>();
  const itemsOn = new Map<string, Item[]>();
  for (const item of message.FlexOrderSettlement) {
    const where = place(item.Period, item.CongestionPoint);
    itemsOn.set(where, [...(itemsOn.get(where) ?? []), item]);
  }

  function ordersOn(period: string): Promise<StoredOrder[]> {
    const found = ordered.get(period) ?? world.store.orders.inPeriod(dso, period, period);
    ordered.set(period, found);
    return found;
  }

  async function settleDay(order: StoredOrder, prognosisId?: string) {
    const { congestionPoint, period } = order;
    const together = (await ordersOn(period)).filter((other) => other.congestionPoint === congestionPoint);
    const stated = statedFigures((itemsOn.get(place(period, congestionPoint)) ?? []) as StatedSettlement[]);
    const facts = await deliveryFacts(world, order, stated, prognosisId);
    const settled = settlementOf(together.map(settledOrder), facts);
    const places = new Map(together.map(({ orderReference }, index) => [orderReference, index]));
    return (wanted: string) => settled(places.get(wanted)!);
  }

  return async (order: StoredOrder, stated: Item): Promise<OrderSettlement> => {
    const { congestionPoint, period, timeZone, ispDuration, baselineReference, contractId } = order;
    const prognosisId = baselineReference === undefined ? stated.DPrognosisMessageID : undefined;
    // Orders on prognoses each have the profile of their own acceptance.
    const own = baselineReference ?? order.orderReference;
    const key = [congestionPoint, period, timeZone, ispDuration, own, contractId, prognosisId].join('\n');
    const day = days.get(key) ?? settleDay(order, prognosisId);
    days.set(key, day);
    return (await day)(order.orderReference);
  };
}

const place = (period: string, congestionPoint: string): string =>
  `${period}\n${congestionPoint.toLowerCase()}`;
