import { instant } from '../base/clock.ts';
import type { Dso } from '../config/index.ts';
import { isToBeRaised, MOST_RAISES } from '../market/metering/raise.ts';
import type { Metering } from '../store/index.ts';
import { addDays, periodEnd, periodOf } from '../uftp/index.ts';
import type { Dependencies } from './dependencies.ts';
import type { MeteredDayKey, MeteringActivities, MeteringStanding } from './metering-contract.ts';
import { dsoCalled, later, readingsDeadline, toldDay } from './metering-day.ts';
import { raiseMissingReadings } from './metering-missing.ts';
import { ofMeteringStep, sendMetering } from './metering-send.ts';
import type { Outgoing } from './outgoing.ts';

/** Messages sent in one go, and how many of them at the same time. */
const AT_ONCE = 200;
const SIDE_BY_SIDE = 8;
/** Days looked back: two months, so that whatever a settlement may still need is looked after. */
const LOOKED_BACK = 62;
const NAMED = 3;

/** Activities around Metering messages: one of each connection and day, until the DSO has accepted it. */
export function meteringActivities(deps: Dependencies, outgoing: Outgoing): MeteringActivities {
  const { store, clock, log } = deps;

  /** Connections of which the DSO is to be told now: whole days; after the deadline, all that is known. */
  async function due(dso: Dso, period: string, limit: number): Promise<string[]> {
    const now = instant(clock);
    if (!dso.metering.required || now < periodEnd(period, dso.market.timeZone)) return [];
    const partial = now >= readingsDeadline(dso, period);
    return store.meterings.due(toldDay(dso, period), { limit, partial });
  }

  async function standing(dso: Dso, period: string): Promise<MeteringStanding> {
    const progress = await store.meterings.progress(dso.domain, period);
    const { waitingSince } = progress;
    await raiseTroubles(dso, period, progress.rejected + progress.refused + progress.unanswered);
    const counts = (['accepted', 'pending', 'rejected', 'refused', 'unanswered'] as const)
      .filter((status) => progress[status] > 0)
      .map((status) => `${progress[status]} ${status}`);
    return {
      due: (await due(dso, period, 1)).length > 0,
      pending: progress.pending,
      ...(waitingSince !== undefined && { checkAt: later(waitingSince, dso.delivery.replyWithin) }),
      text: `Metering of ${period} for ${dso.domain}: ${counts.join(', ') || 'nothing sent'}`,
    };
  }

  async function raiseTroubles(dso: Dso, period: string, troubled: number): Promise<void> {
    const source = `metering/${dso.domain}`;
    const key = `not-accepted/${period}`;
    const at = instant(clock);
    if (troubled === 0) return store.alerts.resolve(source, key, at);
    const first = await store.meterings.troubled(dso.domain, period, NAMED);
    const words = first.map(
      ({ connection, status, reason }) => `${connection} ${status}: ${reason ?? 'no reason'}`,
    );
    const more = troubled > first.length ? `, and ${troubled - first.length} more` : '';
    const text = `${dso.domain} has not accepted the meter readings of ${period}: ${words.join('; ')}${more}. Corrected readings go out on their own; POST /v1/metering/${dso.domain}/${period}/resend tells the same anew.`;
    return store.alerts.raise({ source, key, severity: 'warning', text, raisedAt: at });
  }

  async function chase(dso: Dso, message: Metering): Promise<void> {
    const row = message.outboxId === undefined ? undefined : await store.outbox.find(message.outboxId);
    const giveUp = (reason: string) => store.meterings.update(message, { status: 'unanswered', reason });
    if (row === undefined || message.resentAt !== undefined || message.sentAt === undefined) {
      return giveUp(`no answer within ${dso.delivery.replyWithin}, asked twice`);
    }
    // Counted from when the answer was due, so that tries of this activity share one window.
    const askedAt = later(message.sentAt, dso.delivery.replyWithin);
    const { outcome, reason } = await outgoing.deliverAgain(row, askedAt);
    if (outcome !== 'delivered') return giveUp(reason ?? outcome);
    log.warn({ messageId: row.messageId }, 'a Metering message had no answer and was sent again');
    await store.meterings.update(message, { resentAt: instant(clock) });
  }

  return {
    async sendDueMeterings({ dso: domain, period }) {
      const dso = dsoCalled(deps, domain);
      await sideBySide(await due(dso, period, AT_ONCE), (connection) =>
        sendMetering(deps, outgoing, dso, { connection, period }),
      );
      return standing(dso, period);
    },

    async takeMeteringAnswers({ dso: domain, period, answers }) {
      const dso = dsoCalled(deps, domain);
      const at = instant(clock);
      for (const { step, accepted, reason } of answers) {
        const message = ofMeteringStep(step);
        if (!message) continue;
        const key = { dso: domain, period, ...message };
        await store.meterings.answered(key, { accepted, at, ...(reason !== undefined && { reason }) });
        const last = await store.meterings.newest(domain, period, message.connection, MOST_RAISES + 1);
        if (last[0]?.revision === message.revision && isToBeRaised(last)) {
          const readings = await store.meterReadings.revisionOf(message.connection, period);
          await store.meterings.claim(domain, period, message.connection, readings);
        }
      }
      return standing(dso, period);
    },

    async chaseMeterings({ dso: domain, period }: MeteredDayKey) {
      const dso = dsoCalled(deps, domain);
      const silentSince = later(instant(clock), `-${dso.delivery.replyWithin}`);
      const waiting = await store.meterings.waiting(domain, period, silentSince, AT_ONCE);
      await sideBySide(waiting, (message) => chase(dso, message));
      return standing(dso, period);
    },

    async meteringDays({ dso: domain }) {
      const dso = dsoCalled(deps, domain);
      const today = periodOf(instant(clock), dso.market.timeZone);
      const days = Array.from({ length: LOOKED_BACK }, (_, back) => addDays(today, back - LOOKED_BACK));
      await raiseMissingReadings(deps, dso, days);
      const open: string[] = [];
      for (const period of dso.metering.required ? days : []) {
        const { sending, pending } = await store.meterings.progress(domain, period);
        if (sending + pending > 0 || (await due(dso, period, 1)).length > 0) open.push(period);
      }
      return open;
    },
  };
}

/** Does something with each, a few at a time; what fails does not hold up the others, and fails in the end. */
async function sideBySide<T>(all: readonly T[], each: (one: T) => Promise<void>): Promise<void> {
  for (let from = 0; from < all.length; from += SIDE_BY_SIDE) {
    const done = await Promise.allSettled(all.slice(from, from + SIDE_BY_SIDE).map(each));
    const failed = done.find((one) => one.status === 'rejected');
    // The other side is away, most likely: the rest is tried when this activity is repeated.
    if (failed) throw failed.reason;
  }
}
