import { type DayColumns, gatherDays, MOST_WATTS } from '../csv-days.ts';
import type { Problem } from '../readings/sheet.ts';

/** The expected power of one day, of a congestion point or one connection, as somebody hands it in. */
export interface HandedIn {
  readonly congestionPoint?: string | undefined;
  readonly connection?: string | undefined;
  readonly period: string;
  /** The BaselineReference that it is agreed under; without one it is the forecast that prognoses are made of. */
  readonly reference?: string | undefined;
  /** W by ISP; the first is ISP 1. */
  readonly power: readonly number[];
}

const COLUMNS = {
  names: ['congestionPoint', 'connection', 'period', 'reference'],
  needed: ['period'],
  powers: ['power'],
  least: -MOST_WATTS,
} as const satisfies DayColumns<string, string>;

/**
 * Reads a file with one line for each ISP: `congestionPoint` or `connection`, `period`, `isp`, `power` in W, and
 * `reference` where one was agreed.
 *
 * @returns the days with the lines that they begin on, and every line that is wrong
 */
export async function gatherForecasts(
  bytes: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<{ days: { line: number; day: HandedIn }[]; problems: Problem[] }> {
  const { days, problems } = await gatherDays(bytes, maxBytes, COLUMNS);
  return {
    days: days.map(
      ({ line, names: { congestionPoint, connection, period, reference }, powers: { power } }) => ({
        line,
        day: {
          congestionPoint: congestionPoint || undefined,
          connection: connection || undefined,
          period,
          reference: reference || undefined,
          power,
        },
      }),
    ),
    problems,
  };
}
