import type { Problem } from '../readings/sheet.ts';
import { CsvProblem, readCsv } from '../csv.ts';

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

/** A day as it was gathered, with the line of the file that it begins on. */
export interface GatheredDay {
  readonly line: number;
  readonly day: HandedIn;
}

const COLUMNS = ['congestionPoint', 'connection', 'period', 'reference', 'isp', 'power'] as const;
type Column = (typeof COLUMNS)[number];

/** No day has more ISPs. */
const MOST_ISPS = 25 * 60;
const LARGEST = 2 ** 31 - 1;

/**
 * Reads a file with one line for each ISP: `congestionPoint` or `connection`, `period`, `isp`, `power` in W, and
 * `reference` where one was agreed, in any order, under a head line. ISPs of a day may come in any order too.
 *
 * @returns the days, and every line that is wrong
 */
export async function gatherForecasts(
  bytes: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<{ days: GatheredDay[]; problems: Problem[] }> {
  const problems: Problem[] = [];
  const gathered = new Map<
    string,
    { line: number; day: Omit<HandedIn, 'power'>; power: (number | undefined)[] }
  >();
  let head: readonly string[] | undefined;
  const wrong = (place: number, field: string, reason: string) =>
    void problems.push({ place, field, reason });
  try {
    for await (const { line, cells } of readCsv(bytes, maxBytes)) {
      if (!head) {
        head = cells;
        for (const problem of headProblems(cells)) wrong(line, problem.field, problem.reason);
        if (problems.length > 0) break;
        continue;
      }
      const named = head;
      const cell = (column: Column): string => cells[named.indexOf(column)] ?? '';
      // A line that was cut off would say something else: without its reference it would be a forecast.
      if (cells.length !== head.length) {
        wrong(line, 'line', `has ${cells.length} cells under ${head.length} names`);
        continue;
      }
      const isp = whole(cell('isp'), 1, MOST_ISPS);
      const power = whole(cell('power'), -LARGEST, LARGEST);
      if (isp === undefined) wrong(line, 'isp', 'is not an ISP number: the first ISP of a day is 1');
      if (power === undefined) wrong(line, 'power', 'is not a whole number of watts');
      const about = {
        congestionPoint: cell('congestionPoint') || undefined,
        connection: cell('connection') || undefined,
        period: cell('period'),
        reference: cell('reference') || undefined,
      };
      const key = JSON.stringify(Object.values(about));
      const day = gathered.get(key) ?? { line, day: about, power: [] };
      gathered.set(key, day);
      if (isp === undefined || power === undefined) continue;
      if (day.power[isp - 1] !== undefined) wrong(line, 'isp', `ISP ${isp} is there twice`);
      day.power[isp - 1] = power;
    }
  } catch (thrown) {
    if (!(thrown instanceof CsvProblem)) throw thrown;
    wrong(thrown.line, 'line', thrown.message);
  }
  if (!head) wrong(1, 'line', 'is missing: the file is empty');
  const faulty = problems.length > 0;
  const days = [...gathered.values()].flatMap(({ line, day, power }): GatheredDay[] => {
    const gap = Array.from(power).findIndex((each) => each === undefined);
    if (gap < 0) return [{ line, day: { ...day, power: power as number[] } }];
    // What a wrong line would have filled is no second problem.
    if (!faulty) wrong(line, 'isp', `ISP ${gap + 1} of ${day.period} is missing`);
    return [];
  });
  return { days, problems };
}

function headProblems(cells: readonly string[]): { field: string; reason: string }[] {
  const needed: readonly Column[] = ['period', 'isp', 'power'];
  return [
    ...cells
      .filter((cell) => !COLUMNS.includes(cell as Column))
      .map((cell) => ({
        field: cell || 'line',
        reason: `is no column; the columns are ${COLUMNS.join(', ')}`,
      })),
    ...needed
      .filter((column) => !cells.includes(column))
      .map((column) => ({ field: column, reason: 'has no column' })),
  ];
}

function whole(text: string, least: number, most: number): number | undefined {
  if (!/^[+-]?\d{1,10}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= least && value <= most ? value : undefined;
}
