import { contractBook, mayCall, scheduledPower } from '../config/index.ts';
import { eachISP, type PowerISP } from '../market/power.ts';
import {
  contractDifferences,
  type ContractISP,
  type Difference,
  omittedISPs,
  reasonOf,
  settleContract,
} from '../market/settlement/index.ts';
import type { StoredOrder } from '../store/index.ts';
import { decode, type Message } from '../uftp/index.ts';
import { reservedUnder } from './contracts.ts';
import type { Dependencies } from './dependencies.ts';
import { fromStored } from './isps.ts';

type World = Pick<Dependencies, 'config' | 'store' | 'clock'>;
type StatedContract = Message<'FlexSettlement'>['ContractSettlement'][number];
type StatedDay = StatedContract['Period'][number];

/** One day of a contract that a settlement is about, and where it differs from ours. */
export interface JudgedContract {
  readonly contractId: string;
  readonly period: string;
  readonly stated: StatedDay['ISP'];
  readonly computed?: readonly ContractISP[];
  readonly reason?: string;
}

/** Recomputes every day of every contract that a settlement names. */
export async function judgeContracts(
  world: World,
  dso: string,
  message: Message<'FlexSettlement'>,
): Promise<JudgedContract[]> {
  const judged = new Map<string, JudgedContract>();
  for (const { ContractID, Period: days } of message.ContractSettlement) {
    for (const day of days) {
      if (ContractID === undefined && isNothing(day)) continue;
      const item = await judgeDay(world, dso, ContractID ?? '', day);
      const key = `${item.contractId}\n${item.period}`;
      judged.set(key, judged.has(key) ? { ...item, reason: 'this day is listed twice' } : item);
    }
  }
  return [...judged.values()];
}

/** Every schema demands a ContractSettlement: where there is no contract, one that says nothing stands for none. */
const isNothing = ({ ISP }: StatedDay): boolean =>
  ISP.every(({ ReservedPower, RequestedPower, OfferedPower, OrderedPower }) =>
    [ReservedPower, RequestedPower, OfferedPower, OrderedPower].every((power) => !power),
  );

async function judgeDay(
  world: World,
  dso: string,
  contractId: string,
  { Period: period, ISP: stated }: StatedDay,
): Promise<JudgedContract> {
  const head = { contractId, period, stated };
  const sameDay = await world.store.orders.inPeriod(dso, period, period);
  const orders = sameDay.filter((order) => order.contractId === contractId);
  const reserved = await reservedOn(world, dso, contractId, period, orders);
  if (!reserved) return { ...head, reason: 'we have no such contract for that day' };
  const omitted = omittedISPs(stated, reserved);
  // What the DSO left out is reserved and paid for all the same.
  const isps = [...new Set([...[...eachISP(stated)].map(({ isp }) => isp), ...omitted])];
  const computed = await ownContractDay(world, dso, { contractId, period, reserved, orders }, isps);
  const toleranceW = world.config.participant(dso, 'DSO')?.settlement.powerToleranceW ?? 0;
  const differences: Difference[] = [
    ...contractDifferences(stated, computed, toleranceW),
    ...omitted.map((isp) => ({ isp, text: 'reserved, but not in the settlement' })),
  ];
  const reason = reasonOf(differences);
  return { ...head, computed, ...(reason !== undefined && { reason }) };
}

/** What we know of a contract on a day. */
export interface OwnContractDay {
  readonly contractId: string;
  readonly period: string;
  readonly reserved: readonly PowerISP[];
  readonly orders: readonly StoredOrder[];
}

/** Recomputes some ISPs of a contract on a day. */
export async function ownContractDay(
  { store }: Pick<World, 'store'>,
  dso: string,
  { contractId, period, reserved, orders }: OwnContractDay,
  isps: readonly number[],
): Promise<ContractISP[]> {
  const { requests, offers } = await store.settlements.under(dso, contractId, period);
  return settleContract(isps, {
    reserved,
    requests: requests.map((payload) => (decode(payload) as Message<'FlexRequest'>).ISP),
    offers: offers.flatMap((payload) =>
      (decode(payload) as Message<'FlexOffer'>).OfferOption.map(({ ISP }) => ISP),
    ),
    orders: orders.map((order) => fromStored(order.isps)),
  });
}

/** What a contract kept reserved on a day, at all congestion points where it was called on; undefined for no contract. */
export async function reservedOn(
  world: World,
  dso: string,
  contractId: string,
  period: string,
  orders: readonly StoredOrder[],
): Promise<PowerISP[] | undefined> {
  const updates = await world.store.reservations.allInForce(contractId, period);
  const points = new Set([...orders, ...updates].map(({ congestionPoint }) => congestionPoint));
  const terms = await contractBook(world.config, world.store.contracts, world.clock).onDay(
    contractId,
    period,
  );
  if (!terms || !mayCall(terms, dso)) return undefined;
  if (points.size === 0) return scheduledPower(terms, period);
  const each = [...points].map((congestionPoint) =>
    reservedUnder(world, terms, { contractId, congestionPoint, period }),
  );
  return (await Promise.all(each)).flat();
}
