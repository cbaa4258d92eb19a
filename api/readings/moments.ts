import { Temporal } from 'temporal-polyfill';
import {
  addDays,
  ispAt,
  ispCount,
  ispEnd,
  ispStart,
  periodOf,
  sameOffset,
  UftpError,
} from '../../uftp/index.ts';
import type { Market } from '../operator/markets.ts';
import { isCalendarDay } from '../operator/scalars.ts';
import { shown, Unfit } from './quantities.ts';

/** A market's ISPs: what numbers and instants of readings are read by. */
export type Grid = Pick<Market, 'timeZone' | 'ispDuration'>;

/** One ISP of one day. */
export interface Slot {
  readonly period: string;
  readonly isp: number;
}

/** When a reading is of, as it was written; texts are empty where nothing was. */
export interface WrittenMoment {
  readonly period: string;
  readonly isp: string;
  readonly time: string;
  readonly end: string;
  readonly timeZone: string;
  readonly occurrence: string;
}

const LOCAL = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.0+)?)?$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.0+)?)?(?:Z|[+-]\d{2}:\d{2})$/;
const REMEMBERED = 100_000;

/**
 * Finds the ISP that readings are of. A reading of an interval is of the ISP that begins with it, one of a register
 * of the ISP at whose end it was read. Connections share their moments, so that each is worked out once.
 */
export class Moments {
  readonly #grid: Grid;
  readonly #known = new Map<string, Slot | Unfit>();

  constructor(grid: Grid) {
    this.#grid = grid;
  }

  find(written: WrittenMoment, atEnd: boolean): Slot | Unfit {
    const { period, isp, time, end, timeZone, occurrence } = written;
    const key = `${period}|${isp}|${time}|${end}|${timeZone}|${occurrence}|${atEnd}`;
    const known = this.#known.get(key);
    if (known) return known;
    const found = time === '' ? this.#byNumber(written, atEnd) : this.#byTime(written, atEnd);
    if (this.#known.size >= REMEMBERED) this.#known.clear();
    this.#known.set(key, found);
    return found;
  }

  #byNumber({ period, isp, timeZone }: WrittenMoment, atEnd: boolean): Slot | Unfit {
    const { ispDuration } = this.#grid;
    if (period === '' && isp === '')
      return new Unfit('time', 'there is neither a time, nor a period and isp');
    if (!isCalendarDay(period))
      return new Unfit('period', `"${shown(period)}" is not a day such as 2026-01-01`);
    if (!/^\d{1,4}$/.test(isp)) return new Unfit('isp', `"${shown(isp)}" is not an ISP number`);
    const foreign = this.#foreignZone(timeZone, period);
    if (foreign) return foreign;
    const number = Number(isp);
    const count = ispCount(period, this.#grid.timeZone, ispDuration);
    // A register read when the day begins is the one that the day before ended with.
    if (number === 0 && atEnd) return this.#before(period);
    if (number < 1) return new Unfit('isp', 'the first ISP of a day is 1');
    if (number > count) return new Unfit('isp', `${number} is beyond the ${count} ISPs of ${period}`);
    return { period, isp: number };
  }

  /** Numbers mean something in the market's own zone only. */
  #foreignZone(timeZone: string, period: string): Unfit | undefined {
    if (timeZone === '') return undefined;
    try {
      if (sameOffset(timeZone, this.#grid.timeZone, period)) return undefined;
      const reason = `ISPs of ${timeZone} are not those of the market, ${this.#grid.timeZone}`;
      return new Unfit('timeZone', reason);
    } catch (thrown) {
      if (!(thrown instanceof UftpError)) throw thrown;
      return new Unfit('timeZone', `"${shown(timeZone)}" is not a time zone such as Europe/Amsterdam`);
    }
  }

  #before(period: string): Slot {
    const day = addDays(period, -1);
    return { period: day, isp: ispCount(day, this.#grid.timeZone, this.#grid.ispDuration) };
  }

  #byTime(written: WrittenMoment, atEnd: boolean): Slot | Unfit {
    if (written.period !== '' || written.isp !== '') {
      return new Unfit('time', 'there is a time as well as a period or isp: which is meant?');
    }
    const moment = this.#instant(written, 'time');
    if (moment instanceof Unfit) return moment;
    const { timeZone, ispDuration } = this.#grid;
    const period = periodOf(moment, timeZone);
    const isp = ispAt(moment, period, timeZone, ispDuration);
    if (isp === undefined || ispStart(period, timeZone, ispDuration, isp) !== moment) {
      return new Unfit('time', `${written.time} does not lie where an ISP of ${ispDuration} begins`);
    }
    if (atEnd) return isp === 1 ? this.#before(period) : { period, isp: isp - 1 };
    if (written.end === '') return { period, isp };
    const end = this.#instant({ ...written, time: written.end }, 'end');
    if (end instanceof Unfit) return end;
    if (end === ispEnd(period, timeZone, ispDuration, isp)) return { period, isp };
    return new Unfit(
      'end',
      `the interval from ${written.time} to ${written.end} is not one ISP of ${ispDuration}`,
    );
  }

  #instant({ time, timeZone, occurrence }: WrittenMoment, field: string): string | Unfit {
    try {
      if (INSTANT.test(time)) return new Date(Temporal.Instant.from(time).epochMilliseconds).toISOString();
      if (!LOCAL.test(time)) {
        return new Unfit(
          field,
          `"${shown(time)}" is not a time such as 2026-01-01T00:15 or 2026-01-01T00:15:00+01:00`,
        );
      }
      return localInstant(time, timeZone || this.#grid.timeZone, { field, occurrence });
    } catch (thrown) {
      if (!(thrown instanceof RangeError)) throw thrown;
      return new Unfit(field, `"${shown(time)}" is not a time of the calendar, or its zone is unknown`);
    }
  }
}

/** What clocks skip is nobody's time; what they show twice has to say which it is. */
function localInstant(
  time: string,
  timeZone: string,
  { field, occurrence }: { field: string; occurrence: string },
): string | Unfit {
  const local = Temporal.PlainDateTime.from(time.replace(' ', 'T'));
  const [earlier, later] = (['earlier', 'later'] as const).map((disambiguation) =>
    local.toZonedDateTime(timeZone, { disambiguation }),
  ) as [Temporal.ZonedDateTime, Temporal.ZonedDateTime];
  const instant = (moment: Temporal.ZonedDateTime) => new Date(moment.epochMilliseconds).toISOString();
  if (earlier.epochMilliseconds === later.epochMilliseconds) return instant(earlier);
  if (!earlier.toPlainDateTime().equals(local)) {
    return new Unfit(field, `${time} does not exist in ${timeZone}: clocks skip it`);
  }
  if (occurrence === '1') return instant(earlier);
  if (occurrence === '2') return instant(later);
  const remedy = `write ${earlier.offset} or ${later.offset} behind it, or 1 or 2 under occurrence`;
  return new Unfit(field, `${time} comes twice in ${timeZone}: ${remedy}`);
}
