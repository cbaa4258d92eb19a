import type { Store } from '../../store/index.ts';
import { type Baseline, known, sumOf, unknown } from './baseline.ts';

/**
 * What a forecasting system handed in: for the congestion point as a whole, or else for every connection on it. A part of
 * them is no forecast, because a prognosis is of all that is served there.
 */
export function uploadedBaseline({ forecasts }: Pick<Store, 'forecasts'>): Baseline {
  return {
    async expect({ congestionPoint, connections, period, ispCount, whole }) {
      if (whole) {
        const points = await forecasts.find('congestion-point', [congestionPoint], period);
        const power = points.get(congestionPoint);
        if (power?.length === ispCount) return known(power);
        if (power) return unknown(`the one uploaded has ${power.length} values, the day ${ispCount} ISPs`);
      }
      const found = await forecasts.find('connection', connections, period);
      const missing = connections.find((connection) => found.get(connection)?.length !== ispCount);
      if (missing !== undefined) {
        return unknown(
          whole && found.size === 0
            ? 'none was uploaded for the congestion point or its connections'
            : `none that fits was uploaded for ${missing}`,
        );
      }
      return known(sumOf([...found.values()], ispCount));
    },
  };
}
