import { addDays, ispEnd, ispStart, periodOf } from '../uftp/calendar/index.ts';
import type { PowerISP } from './power.ts';

/** Power that was ordered on one local day. */
export interface OrderedDay {
  readonly Period: string;
  readonly TimeZone: string;
  readonly ISPDuration: string;
  readonly ISP: readonly PowerISP[];
}

/** A call on a contract without a gap, however many orders it took. Instants in UTC. */
export interface Activation {
  readonly from: string;
  readonly to: string;
}

/** The activations that orders make together, first one first. ISPs without power are none. */
export function activationsOf(orders: readonly OrderedDay[]): Activation[] {
  const runs = orders
    .flatMap(({ Period, TimeZone, ISPDuration, ISP }) =>
      ISP.filter(({ Power }) => Power !== 0).map(({ Start, Duration }) => ({
        from: ispStart(Period, TimeZone, ISPDuration, Start),
        to: ispEnd(Period, TimeZone, ISPDuration, Start + Duration - 1),
      })),
    )
    .sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  const joined: Activation[] = [];
  for (const run of runs) {
    const last = joined.at(-1);
    if (!last || last.to < run.from) joined.push(run);
    else if (last.to < run.to) joined[joined.length - 1] = { from: last.from, to: run.to };
  }
  return joined;
}

/** The stretches of time in which activations are counted: local days, weeks from Monday on, and months. */
export const COUNTED = {
  perDay: (day: string): string => day,
  perWeek: (day: string): string => addDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7)),
  perMonth: (day: string): string => day.slice(0, 7),
  total: (): string => '',
} as const;

/** How many of these activations begin in the same stretch as a given one. */
export function countBeside(
  activation: Activation,
  all: readonly Activation[],
  stretch: keyof typeof COUNTED,
  timeZone: string,
): number {
  const stretchOf = ({ from }: Activation): string => COUNTED[stretch](periodOf(from, timeZone));
  return all.filter((each) => stretchOf(each) === stretchOf(activation)).length;
}
