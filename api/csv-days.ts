import { CsvProblem, readCsv } from './csv.ts';
import type { Problem } from './readings/sheet.ts';

/** What stands in a file that has one line for each ISP of a day. */
export interface DayColumns<Name extends string, Power extends string> {
  /** Columns that say whose day it is; those that are not needed may be left out, and their cells be empty. */
  readonly names: readonly Name[];
  readonly needed: readonly Name[];
  /** Columns of powers, whole W. */
  readonly powers: readonly Power[];
  readonly least: number;
}

/** One day as it was gathered, with the line of the file that it begins on. */
export interface GatheredDay<Name extends string, Power extends string> {
  readonly line: number;
  /** Empty where nothing was said. */
  readonly names: Readonly<Record<Name, string>>;
  /** W by ISP; the first is ISP 1. */
  readonly powers: Readonly<Record<Power, readonly number[]>>;
}

/** No day has more ISPs. */
const MOST_ISPS = 25 * 60;
/** What fits into 32 bits. */
export const MOST_WATTS = 2 ** 31 - 1;

/**
 * Reads a file with one line for each ISP: its names, `isp`, and its powers, in any order under a head line. ISPs of a
 * day may come in any order too, and none may be missing; how many a day has, who hears of it judges.
 *
 * @returns the days, and every line that is wrong
 */
export async function gatherDays<Name extends string, Power extends string>(
  bytes: AsyncIterable<Uint8Array>,
  maxBytes: number,
  columns: DayColumns<Name, Power>,
): Promise<{ days: GatheredDay<Name, Power>[]; problems: Problem[] }> {
  type Gathering = { line: number; names: Record<Name, string>; isps: Record<Power, number>[] };
  const problems: Problem[] = [];
  const gathered = new Map<string, Gathering>();
  let head: readonly string[] | undefined;
  const wrong = (place: number, field: string, reason: string) =>
    void problems.push({ place, field, reason });
  try {
    for await (const { line, cells } of readCsv(bytes, maxBytes)) {
      if (!head) {
        head = cells;
        for (const problem of headProblems(cells, columns)) wrong(line, problem.field, problem.reason);
        if (problems.length > 0) break;
        continue;
      }
      const named = head;
      const cell = (column: string): string => cells[named.indexOf(column)] ?? '';
      // A line that was cut off would say something else: a forecast without its reference is of another kind.
      if (cells.length !== head.length) {
        wrong(line, 'line', `has ${cells.length} cells under ${head.length} names`);
        continue;
      }
      const names = record(columns.names, cell);
      const key = JSON.stringify(Object.values(names));
      const day = gathered.get(key) ?? { line, names, isps: [] };
      gathered.set(key, day);
      const isp = whole(cell('isp'), 1, MOST_ISPS);
      if (isp === undefined) wrong(line, 'isp', 'is not an ISP number: the first ISP of a day is 1');
      const powers = record(columns.powers, (column) => whole(cell(column), columns.least, MOST_WATTS));
      const unfit = columns.powers.filter((column) => powers[column] === undefined);
      for (const column of unfit)
        wrong(line, column, `is not a whole number of watts${floor(columns.least)}`);
      if (isp === undefined || unfit.length > 0) continue;
      if (day.isps[isp - 1] !== undefined) wrong(line, 'isp', `ISP ${isp} is there twice`);
      day.isps[isp - 1] = powers as Record<Power, number>;
    }
  } catch (thrown) {
    if (!(thrown instanceof CsvProblem)) throw thrown;
    wrong(thrown.line, 'line', thrown.message);
  }
  if (!head) wrong(1, 'line', 'is missing: the file is empty');
  const faulty = problems.length > 0;
  const days = [...gathered.values()].flatMap(({ line, names, isps }): GatheredDay<Name, Power>[] => {
    const gap = Array.from(isps).findIndex((each) => each === undefined);
    if (gap < 0)
      return [{ line, names, powers: record(columns.powers, (one) => isps.map((isp) => isp[one])) }];
    // What a wrong line would have filled is no second problem.
    if (!faulty)
      wrong(line, 'isp', `ISP ${gap + 1} of ${(names as Record<string, string>)['period']} is missing`);
    return [];
  });
  return { days, problems };
}

function headProblems(
  cells: readonly string[],
  { names, needed, powers }: DayColumns<string, string>,
): { field: string; reason: string }[] {
  const columns = [...names, 'isp', ...powers];
  return [
    ...cells
      .filter((cell) => !columns.includes(cell))
      .map((cell) => ({
        field: cell || 'line',
        reason: `is no column; the columns are ${columns.join(', ')}`,
      })),
    ...[...needed, 'isp', ...powers]
      .filter((column) => !cells.includes(column))
      .map((column) => ({ field: column, reason: 'has no column' })),
  ];
}

const floor = (least: number): string => (least === 0 ? ', 0 or more' : '');

function record<K extends string, V>(keys: readonly K[], value: (key: K) => V): Record<K, V> {
  return Object.fromEntries(keys.map((key) => [key, value(key)])) as Record<K, V>;
}

function whole(text: string, least: number, most: number): number | undefined {
  if (!/^[+-]?\d{1,10}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= least && value <= most ? value : undefined;
}
