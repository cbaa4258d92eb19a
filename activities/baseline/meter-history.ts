import type { ForecastSource } from '../../config/index.ts';
import { comparableDays, meanOf, type MeasuredDay } from '../../market/prognosis/history.ts';
import type { Store } from '../../store/index.ts';
import { ispCount as ispsOn } from '../../uftp/index.ts';
import { type Baseline, known, unknown } from './baseline.ts';

/**
 * The mean of the same time of day on the last comparable days, from our own readings of all the connections
 * together. A day on which any of them has a gap says nothing about the ISPs in that gap.
 */
export function meterHistoryBaseline(
  { meterReadings }: Pick<Store, 'meterReadings'>,
  { days, within }: Extract<ForecastSource, { kind: 'meter-history' }>,
): Baseline {
  return {
    async expect({ connections, period, timeZone, ispDuration, ispCount }) {
      const day = { Period: period, TimeZone: timeZone, ISPDuration: ispDuration };
      const measured: MeasuredDay[] = [];
      const full = Array<number>(ispCount).fill(0);
      for (const Period of comparableDays(period, within)) {
        const isps = ispsOn(Period, timeZone, ispDuration);
        const power = await meterReadings.sumOver(connections, Period, isps);
        if (power.every((each) => each === null)) continue;
        measured.push({ Period, power });
        power.forEach((each, index) => {
          if (each !== null && index < ispCount) full[index]! += 1;
        });
        // Days with gaps count where they have none; further back nothing is added.
        if (measured.length >= days && full.every((count) => count >= days)) break;
      }
      const mean = meanOf(day, measured, days);
      const gap = mean.findIndex((power) => power === undefined);
      if (gap >= 0) {
        return unknown(`ISP ${gap + 1} was measured on no comparable day of the last ${within} days`);
      }
      return known(mean as number[]);
    },
  };
}
