import { Context } from '@temporalio/activity';
import { Temporal } from 'temporal-polyfill';
import { instant } from '../base/clock.ts';
import { coversDay, contractBook, isAbout, mayCall, scheduledPower } from '../config/index.ts';
import { dayOf } from '../market/asset.ts';
import { beside, powerToHold, usesOf } from '../market/capacity.ts';
import { type CalledContract, directOrderRejections } from '../market/contract-order.ts';
import type { Baseline, BookedOrder, OrderFacts, OrderPlan } from '../market/flex-request/index.ts';
import { asTheyAre } from '../market/outage.ts';
import { lastISP } from '../market/power.ts';
import type { AcceptedOrder, StoredOrder } from '../store/index.ts';
import { ispEnd, periodEnd } from '../uftp/index.ts';
import { TEXTS } from '../uftp/rules/texts.ts';
import { agreedBaseline } from './baseline/agreed.ts';
import type { BookInput } from './contract.ts';
import { activePoint, reservedUnder } from './contracts.ts';
import type { Dependencies } from './dependencies.ts';
import { dispatchAt } from './dispatch/index.ts';
import { fromStored, toStored } from './isps.ts';
import { assetsOn, reserveBeside } from './reserve.ts';

/** An order that its contract allows, while what it needs is not there. */
export const NOT_DELIVERABLE = 'Invalid Message: what the contract allows cannot be delivered just now';

/** Writes an order on an offer down: from then on it binds. The same order again is booked already. */
export async function bookOrder(deps: Dependencies, { order }: BookInput): Promise<BookedOrder> {
  const outcome = await deps.store.orders.accept(accepted(deps, order));
  if (outcome === 'duplicate-reference') return { rejections: [TEXTS.orderReferenceRepeated] };
  return { rejections: [], ...planFor(deps, order) };
}

/**
 * Judges a direct order (UFTP 3.1.0) by its contract, and books it with its power. Both are one transaction, so that
 * neither watts nor activations are given away twice; power that the contract reserves was kept free for it.
 */
export async function bookDirectOrder(deps: Dependencies, { order, step }: BookInput): Promise<BookedOrder> {
  const { workflowId } = Context.current().info.workflowExecution!;
  const { ContractID } = order;
  const baseline = await unnamedBaseline(deps, order);
  const contract = ContractID === undefined ? undefined : await calledContract(deps, order, ContractID);
  if (ContractID === undefined || !contract?.mayCall) return { rejections: [TEXTS.contractUnknown] };
  const day = dayOf(order);
  const point = await activePoint(deps, order);
  const assets = await assetsOn(deps, point?.connections ?? [], order);
  const own = [...new Set(assets.map(({ connection }) => connection))];
  const during = {
    startsAt: day.startsAt,
    endsAt: ispEnd(order.Period, order.TimeZone, order.ISPDuration, day.ispCount),
    connections: own,
  };
  const reserve = await reserveBeside(deps, during, ContractID);
  const scope = {
    ...{ ...during, ispMinutes: day.ispMinutes },
    connections: [...new Set([...own, ...reserve.connections])],
  };
  const booked = await deps.store.bookings.direct(
    { workflowId, step },
    scope,
    { ...accepted(deps, { ...order, ...baseline }), contractId: ContractID },
    (standing, under) => {
      const reasons = directOrderRejections(order, { ...contract, ordered: under.map(orderedDay) });
      if (reasons.length > 0) return { reasons };
      const taken = [...standing.holds, ...reserve.kept(standing)];
      const free = beside(asTheyAre(assets, day, standing), day, taken);
      const found = usesOf([{ ISP: order.ISP }], free, day);
      if ('lacking' in found) return { reasons: [NOT_DELIVERABLE] };
      const decision = { kind: 'order', content: { ContractID } };
      return { decision, assets: powerToHold([{ uses: found.uses[0]! }]) };
    },
  );
  if (booked === 'repeated') return { rejections: [TEXTS.orderReferenceRepeated] };
  if (booked.length > 0) return { rejections: booked };
  return { rejections: [], ...planFor(deps, order), ...(baseline && { baseline }) };
}

/** The baseline of a direct order that names none, as the DSO and we agreed. */
async function unnamedBaseline(deps: Dependencies, order: OrderFacts): Promise<Baseline | undefined> {
  const { dso: domain, BaselineReference, DPrognosisMessageID } = order;
  const dso = deps.config.participant(domain, 'DSO');
  const isNamed = BaselineReference !== undefined || DPrognosisMessageID !== undefined;
  return dso && !isNamed ? agreedBaseline(deps, dso, order) : undefined;
}

/** The contract as it stands towards an order, but for what was ordered under it. */
async function calledContract(
  deps: Dependencies,
  order: OrderFacts,
  contractId: string,
): Promise<Omit<CalledContract, 'ordered'> | undefined> {
  const { config, store, clock } = deps;
  const { dso, CongestionPoint, Period } = order;
  const terms = await contractBook(config, store.contracts, clock).onDay(contractId, Period);
  if (!terms) return undefined;
  const at = { contractId, congestionPoint: CongestionPoint, period: Period };
  const baseline = config.participant(dso, 'DSO')?.baseline;
  return {
    mayCall: mayCall(terms, dso),
    isAbout: isAbout(terms, CongestionPoint),
    isInForce: coversDay(terms, Period),
    terms,
    contracted: scheduledPower(terms, Period),
    reserved: await reservedUnder(deps, terms, at),
    ...(baseline?.kind === 'reference' && { baselineReference: baseline.reference }),
  };
}

function orderedDay({ period, timeZone, ispDuration, congestionPoint, isps }: StoredOrder) {
  return {
    ...{ Period: period, TimeZone: timeZone, ISPDuration: ispDuration, CongestionPoint: congestionPoint },
    ISP: fromStored(isps),
  };
}

function accepted({ clock }: Dependencies, order: OrderFacts): AcceptedOrder {
  const { workflowId } = Context.current().info.workflowExecution!;
  return {
    dso: order.dso,
    orderReference: order.OrderReference,
    orderMessageId: order.messageId,
    workflowId,
    congestionPoint: order.CongestionPoint,
    period: order.Period,
    timeZone: order.TimeZone,
    ispDuration: order.ISPDuration,
    price: order.Price,
    currency: order.Currency,
    isps: toStored(order.ISP),
    acceptedAt: instant(clock),
    ...(order.ContractID !== undefined && { contractId: order.ContractID }),
    ...(order.BaselineReference !== undefined && { baselineReference: order.BaselineReference }),
    ...(order.DPrognosisMessageID !== undefined && { prognosisId: order.DPrognosisMessageID.toLowerCase() }),
  };
}

/** What follows from the agreements about an order, as long as the DSO is one of the participants. */
function planFor({ config }: Dependencies, order: OrderFacts): { plan?: OrderPlan } {
  const { dso: domain, Period, TimeZone, ISPDuration, ISP } = order;
  const dso = config.participant(domain, 'DSO');
  if (!dso) return {};
  const ends = ispEnd(Period, TimeZone, ISPDuration, lastISP(ISP));
  return {
    plan: {
      dispatchAt: dispatchAt(config, domain, order),
      // Readings are there by then, or an alert says that they are not.
      measureAt: later(periodEnd(Period, TimeZone), dso.metering.deadline),
      settlementDueBy: later(ends, dso.settlement.expectedWithin),
    },
  };
}

function later(from: string, duration: string): string {
  const wait = Temporal.Duration.from(duration).total('milliseconds');
  return new Date(Date.parse(from) + wait).toISOString();
}
