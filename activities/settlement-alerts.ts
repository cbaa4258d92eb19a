import { instant } from '../base/clock.ts';
import type { Settlement } from '../store/index.ts';
import type { Message } from '../uftp/index.ts';
import type { Dependencies } from './dependencies.ts';
import type { JudgedContract } from './settlement-contracts.ts';

type World = Pick<Dependencies, 'store' | 'clock'>;
type SettledDays = Pick<Message<'FlexSettlement'>, 'PeriodStart' | 'PeriodEnd'>;

const AWAITED = 'review';
const NEARLY_OVER = 'review-nearly-over';
const UNDELIVERED = 'undelivered/';
const settlementsOf = (dso: string): string => `settlements/${dso}`;
/** Names in a sentence; the settlement's record has all of them. */
const NAMED = 3;

/**
 * Has an operator look at a settlement before it is answered.
 * @param contractReason what is to be disputed of its contracts, where it is of no order
 */
export async function askForReview(
  { store, clock }: World,
  settlement: Settlement,
  contractReason: string | undefined,
): Promise<void> {
  const { id, workflowId: source, dso, periodStart, periodEnd, orders, disputed, reviewUntil } = settlement;
  const found =
    settlement.result === 'Rejected'
      ? `to be rejected: ${settlement.reason}`
      : (contractReason ?? `${disputed} of its ${orders} orders to be disputed`);
  const text = `The settlement of ${periodStart} to ${periodEnd} by ${dso} waits for review until ${reviewUntil}, ${found}: POST /v1/settlements/${id}/review.`;
  await store.alerts.raise({ source, key: AWAITED, severity: 'warning', text, raisedAt: instant(clock) });
}

/** Says that what was computed will be answered soon. */
export async function remind({ store, clock }: World, settlement: Settlement): Promise<void> {
  const { workflowId: source, dso, periodStart, periodEnd, reviewUntil } = settlement;
  const text = `Nobody has reviewed the settlement of ${periodStart} to ${periodEnd} by ${dso}: at ${reviewUntil} it is answered as computed.`;
  const raisedAt = instant(clock);
  await store.alerts.raise({ source, key: NEARLY_OVER, severity: 'critical', text, raisedAt });
}

/** The settlement is decided: nobody needs to look at it any more. */
export async function reviewIsOver({ store, clock }: World, source: string): Promise<void> {
  for (const key of [AWAITED, NEARLY_OVER]) await store.alerts.resolve(source, key, instant(clock));
}

/** An answer that never arrived: what we accepted in it is not owed, and the DSO does not know what we dispute. */
export async function raiseUndelivered(
  { store, clock }: World,
  dso: string,
  { PeriodStart, PeriodEnd }: SettledDays,
  reason: string | undefined,
): Promise<void> {
  const text =
    `${dso} did not get our answer to its settlement of ${PeriodStart} to ${PeriodEnd}` +
    `${reason === undefined ? '' : ` (${reason})`}: its orders are open until it sends another one.`;
  const key = `${UNDELIVERED}${PeriodStart}/${PeriodEnd}`;
  await store.alerts.raise({
    ...{ source: settlementsOf(dso), key, severity: 'critical', text },
    raisedAt: instant(clock),
  });
}

/** An answer that was asked for once more, and that must not go out any more. */
export async function raiseWithheld(
  { store, clock }: World,
  dso: string,
  { PeriodStart, PeriodEnd }: SettledDays,
): Promise<void> {
  const text =
    `${dso} repeats its settlement of ${PeriodStart} to ${PeriodEnd}, whose answer never arrived. It is not sent now: ` +
    `another settlement settled orders that it accepts. Agree with ${dso} which of them holds.`;
  const key = `withheld/${PeriodStart}/${PeriodEnd}`;
  await store.alerts.raise({
    ...{ source: settlementsOf(dso), key, severity: 'critical', text },
    raisedAt: instant(clock),
  });
}

/** An answer arrived: those to earlier settlements of its days that never did are made up for. */
export async function answerArrived(
  { store, clock }: World,
  dso: string,
  { PeriodStart, PeriodEnd }: SettledDays,
): Promise<void> {
  const source = settlementsOf(dso);
  for (const key of await store.alerts.standingKeys(source, UNDELIVERED)) {
    const [from, to] = key.slice(UNDELIVERED.length).split('/') as [string, string];
    if (PeriodStart <= from && to <= PeriodEnd) await store.alerts.resolve(source, key, instant(clock));
  }
}

/**
 * What a DSO left out of its settlement of some days; resolved by one of the same days that leaves out nothing.
 * @param days contracts and days of which nothing is said
 */
export async function raiseLeftOut(
  { store, clock }: World,
  { dso, periodStart, periodEnd, result, leftOut }: Settlement,
  days: readonly Pick<JudgedContract, 'contractId' | 'period'>[],
): Promise<void> {
  const source = settlementsOf(dso);
  const key = `left-out/${periodStart}/${periodEnd}`;
  const at = instant(clock);
  if (leftOut.length === 0 && days.length === 0) {
    if (result === 'Accepted') await store.alerts.resolve(source, key, at);
    return;
  }
  const parts = [
    ...(leftOut.length > 0 ? [`orders ${some(leftOut)}`] : []),
    ...(days.length > 0 ? [some(days.map((day) => `contract ${day.contractId} on ${day.period}`))] : []),
  ];
  const text = `${dso} left out of its settlement of ${periodStart} to ${periodEnd}: ${parts.join('; ')}.`;
  await store.alerts.raise({ source, key, severity: 'warning', text, raisedAt: at });
}

const some = (names: readonly string[]): string =>
  names.length > NAMED
    ? `${names.slice(0, NAMED).join(', ')} and ${names.length - NAMED} more`
    : names.join(', ');
