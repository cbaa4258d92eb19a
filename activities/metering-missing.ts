import { instant } from '../base/clock.ts';
import type { Dso } from '../config/index.ts';
import { addDays, periodEnd } from '../uftp/index.ts';
import type { Dependencies } from './dependencies.ts';
import { later, readingsDeadline, settledDay } from './metering-day.ts';

const NAMED = 3;

/** Readings that are missing in one month. */
interface Gaps {
  /** Days past their deadline of which something is missing. */
  readonly days: string[];
  /** Values missing, over all connections. */
  missing: number;
  readonly examples: string[];
}

/**
 * Makes an alert of readings that a DSO's settlement will need and that are not there: a warning once the deadline of
 * a day is past, a critical one once that of the month is. Both are resolved as soon as nothing is missing.
 *
 * @param days local days to look at, in order
 */
export async function raiseMissingReadings(
  { store, clock }: Pick<Dependencies, 'store' | 'clock'>,
  dso: Dso,
  days: readonly string[],
): Promise<void> {
  const now = instant(clock);
  const source = `metering/${dso.domain}`;
  const months = new Map<string, Gaps>();
  for (const period of days) {
    if (now < readingsDeadline(dso, period)) continue;
    const { missing, first } = await store.meterings.incomplete(settledDay(dso, period), 1);
    const month = period.slice(0, 7);
    const gaps = months.get(month) ?? { days: [], missing: 0, examples: [] };
    months.set(month, gaps);
    if (missing === 0) continue;
    gaps.days.push(period);
    gaps.missing += missing;
    if (gaps.examples.length < NAMED) gaps.examples.push(`${first[0]!.connection} on ${period}`);
  }
  for (const [month, gaps] of months) {
    const isOver = now >= monthDeadline(dso, month);
    const about = `${gaps.missing} meter readings of ${gaps.days.length} days in ${month} are missing for ${dso.domain}: ${gaps.examples.join(', ')} …`;
    const alerts = [
      { key: `incomplete/${month}`, severity: 'warning', holds: gaps.missing > 0, text: about },
      {
        key: `missing-for-settlement/${month}`,
        severity: 'critical',
        holds: gaps.missing > 0 && isOver,
        text: `The settlement of ${month} cannot be checked in full. ${about}`,
      },
    ] as const;
    for (const { key, severity, holds, text } of alerts) {
      if (holds) await store.alerts.raise({ source, key, severity, text, raisedAt: now });
      else await store.alerts.resolve(source, key, now);
    }
  }
}

/** When the readings of a month have to be there (UTC). */
function monthDeadline({ market, metering }: Dso, month: string): string {
  const firstOfNext = `${addDays(`${month}-28`, 4).slice(0, 7)}-01`;
  return later(periodEnd(addDays(firstOfNext, -1), market.timeZone), metering.monthDeadline);
}
