import {
  addDays,
  ispCount,
  ispMinutes,
  ispStart,
  localInstant,
  utcOffsetMinutes,
} from '../uftp/calendar/index.ts';
import { type ContractTerms, type ReservedWindow, WEEKDAYS } from './sections/contracts.ts';

/** A run of ISPs with one power in W; + is consumption. */
interface PowerRun {
  readonly Start: number;
  readonly Duration: number;
  readonly Power: number;
}

/** Whether a contract is in force on a local day; both bounds are inclusive. */
export function coversDay({ from, to }: ContractTerms, period: string): boolean {
  return (from === undefined || from <= period) && (to === undefined || period <= to);
}

/** Whether a DSO may call on a contract: any may, unless the contract lists who (a contract can be called on by others than its own DSO). */
export function mayCall({ dso, callers }: ContractTerms, caller: string): boolean {
  return callers === undefined || caller === dso || callers.includes(caller);
}

/** Whether a contract is about a congestion point: about any, unless it lists which. */
export function isAbout({ congestionPoints }: ContractTerms, congestionPoint: string): boolean {
  return congestionPoints === undefined || congestionPoints.includes(congestionPoint);
}

/**
 * What a contract reserves by itself on a local day, in W by runs of ISPs: what stands as long as no
 * FlexReservationUpdate lowers it. Of windows that share an ISP, the one listed first counts, so that exceptions
 * may stand before the rule. Nothing on days on which the contract is not in force.
 *
 * @throws UftpError for a day the calendar has not
 */
export function scheduledPower(terms: ContractTerms, period: string): PowerRun[] {
  if (!coversDay(terms, period)) return [];
  const count = ispCount(period, terms.timeZone, terms.ispDuration);
  const powers = new Array<number>(count).fill(0);
  for (const window of terms.reserved.filter((each) => fallsOn(each, period)).toReversed()) {
    for (const isp of ispsOf(window, terms, period, count)) powers[isp - 1] = window.powerW;
  }
  return runsOf(powers);
}

/** The last instant (UTC) before which the reservation of a day may be lowered; undefined where none was agreed. */
export function releaseDeadline(
  { releaseDeadline: agreed, timeZone }: ContractTerms,
  period: string,
): string | undefined {
  if (!agreed) return undefined;
  return localInstant(addDays(period, -agreed.daysBefore), agreed.at, timeZone);
}

function fallsOn({ days, from, to }: ReservedWindow, period: string): boolean {
  if ((from !== undefined && period < from) || (to !== undefined && to < period)) return false;
  return days === undefined || days.includes(weekdayOf(period));
}

/** A calendar day's weekday is the same everywhere. */
function weekdayOf(period: string): (typeof WEEKDAYS)[number] {
  return WEEKDAYS[(new Date(`${period}T00:00:00Z`).getUTCDay() + 6) % 7]!;
}

/**
 * The ISPs of a window on a day. By local time: all in which clocks show no other time from beginning to end, so both
 * of a repeated hour, and none of one that is skipped.
 */
function ispsOf(window: ReservedWindow, terms: ContractTerms, period: string, count: number): number[] {
  const all = Array.from({ length: count }, (_, index) => index + 1);
  const { start, duration, between } = window;
  if (between === undefined) return all.filter((isp) => isp >= start! && isp < start! + duration);
  const [from, to] = between.split('-').map(minutesOf) as [number, number];
  const { timeZone, ispDuration } = terms;
  const length = ispMinutes(ispDuration);
  return all.filter((isp) => {
    const begins = ispStart(period, timeZone, ispDuration, isp);
    const shown = minutesOf(begins.slice(11, 16)) + utcOffsetMinutes(begins, timeZone);
    const local = (shown + MINUTES_A_DAY) % MINUTES_A_DAY;
    return from <= local && local + length <= to;
  });
}

const MINUTES_A_DAY = 24 * 60;
const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** Neighbouring ISPs of one power as one run; ISPs with nothing are left out. */
function runsOf(powers: readonly number[]): PowerRun[] {
  const runs: PowerRun[] = [];
  powers.forEach((Power, index) => {
    const last = runs.at(-1);
    if (last && last.Power === Power && last.Start + last.Duration === index + 1)
      runs[runs.length - 1] = { ...last, Duration: last.Duration + 1 };
    else if (Power !== 0) runs.push({ Start: index + 1, Duration: 1, Power });
  });
  return runs;
}
