import { contractBook } from '../config/index.ts';
import { powerByISP } from '../market/power.ts';
import { MISSING_ITEMS } from '../market/settlement/index.ts';
import type { StoredOrder } from '../store/index.ts';
import { addDays, type Message } from '../uftp/index.ts';
import type { Dependencies } from './dependencies.ts';
import { fromStored } from './isps.ts';
import { type JudgedContract, ownContractDay, reservedOn } from './settlement-contracts.ts';

type World = Pick<Dependencies, 'config' | 'store' | 'clock'>;
type Settlement = Message<'FlexSettlement'>;

/** A settlement that names a period of many years, by a typing error, is looked through for one. */
const MOST_DAYS = 366;

/** OrderReferences that are why a settlement is rejected; a RejectionReason only says that there are some. */
export const leftOutOrders = (
  rejections: readonly string[],
  unlisted: readonly string[],
): readonly string[] => (rejections.includes(MISSING_ITEMS) ? unlisted : []);

/**
 * Days of the settled period on which a contract kept power reserved, or was ordered under, and of which neither
 * this settlement nor an earlier one says anything: their availability would never be paid. No response has room for
 * that, so that it is for the operator to take up with the DSO.
 */
export async function leftOutContractDays(
  world: World,
  dso: string,
  { PeriodStart, PeriodEnd, ContractSettlement }: Settlement,
): Promise<JudgedContract[]> {
  const { config, store, clock } = world;
  const first = [PeriodStart, addDays(PeriodEnd, 1 - MOST_DAYS)].toSorted().at(-1)!;
  const said = new Set(
    ContractSettlement.flatMap(({ ContractID, Period: days }) =>
      days.map(({ Period }) => keyOf(ContractID ?? '', Period)),
    ),
  );
  for (const { contractId, period, stated } of await store.settlements.contractItemsOf(dso, first, PeriodEnd))
    if ((stated as readonly unknown[]).length > 0) said.add(keyOf(contractId, period));
  const orders = await store.orders.inPeriod(dso, first, PeriodEnd);
  const book = contractBook(config, store.contracts, clock);
  const found: JudgedContract[] = [];
  for (let period = first; period <= PeriodEnd; period = addDays(period, 1)) {
    const ordered = orders.filter((order) => order.period === period);
    const own = (await book.allOnDay(period)).filter((terms) => terms.dso === dso).map(({ id }) => id);
    const called = ordered.flatMap(({ contractId }) => contractId ?? []);
    for (const contractId of [...new Set([...own, ...called])].toSorted()) {
      if (said.has(keyOf(contractId, period))) continue;
      const under = ordered.filter((order) => order.contractId === contractId);
      const item = await leftOutDay(world, dso, contractId, period, under);
      if (item) found.push(item);
    }
  }
  return found;
}

async function leftOutDay(
  world: World,
  dso: string,
  contractId: string,
  period: string,
  orders: readonly StoredOrder[],
): Promise<JudgedContract | undefined> {
  const reserved = await reservedOn(world, dso, contractId, period, orders);
  if (!reserved) return undefined;
  const powers = [
    ...powerByISP(reserved),
    ...orders.flatMap(({ isps }) => [...powerByISP(fromStored(isps))]),
  ];
  const isps = [...new Set(powers.flatMap(([isp, power]) => (power === 0 ? [] : isp)))].toSorted(
    (a, b) => a - b,
  );
  if (isps.length === 0) return undefined;
  const computed = await ownContractDay(world, dso, { contractId, period, reserved, orders }, isps);
  return { contractId, period, stated: [], computed, reason: 'not in the settlement' };
}

const keyOf = (contractId: string, period: string): string => `${contractId}\n${period}`;
