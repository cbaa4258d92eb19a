import { CsvProblem, readCsv } from '../csv.ts';
import { shown } from './quantities.ts';
import type { Sheet, WrittenReading } from './sheet.ts';

type Column = Exclude<keyof WrittenReading, 'place'>;

const COLUMNS: readonly Column[] = [
  ...(['connection', 'kind', 'value', 'unit'] as const),
  ...(['period', 'isp', 'time', 'end', 'timeZone', 'occurrence'] as const),
  ...(['resetTo', 'resetFrom', 'rollsOverAt'] as const),
];
const REQUIRED: readonly Column[] = ['connection', 'kind', 'value', 'unit'];
const EMPTY = Object.fromEntries(COLUMNS.map((column) => [column, ''])) as Record<Column, string>;

/** Beyond so many problems a file is not what it should be, and the rest of it is passed over. */
const MOST_PROBLEMS = 10_000;

/**
 * Reads a CSV file of readings into a sheet, line by line. The first line names the columns, in any order.
 *
 * @returns how many readings there were
 */
export async function gatherCsv(
  bytes: AsyncIterable<Uint8Array>,
  sheet: Sheet,
  maxBytes: number,
): Promise<number> {
  let columns: Column[] | undefined;
  let readings = 0;
  try {
    for await (const { line, cells } of readCsv(bytes, maxBytes)) {
      const refuse = (field: string, reason: string) => sheet.problems.push({ place: line, field, reason });
      if (!columns) {
        columns = columnsOf(cells, refuse);
        continue;
      }
      readings += 1;
      // Under a header that cannot be followed every line is wrong.
      if (columns.length === 0 || sheet.problems.length > MOST_PROBLEMS) continue;
      if (cells.length !== columns.length) {
        refuse('line', `has ${cells.length} cells under ${columns.length} columns`);
        continue;
      }
      const reading = { ...EMPTY, place: line };
      for (let index = 0; index < columns.length; index += 1) reading[columns[index]!] = cells[index]!;
      sheet.add(reading);
    }
  } catch (thrown) {
    if (!(thrown instanceof CsvProblem)) throw thrown;
    sheet.problems.push({ place: thrown.line, field: 'line', reason: thrown.message });
  }
  if (!columns) sheet.problems.push({ place: 1, field: 'line', reason: 'the file is empty' });
  else if (readings === 0 && sheet.problems.length === 0) {
    sheet.problems.push({ place: 2, field: 'line', reason: 'there are no readings' });
  }
  return readings;
}

/** The columns that a header names; none where it cannot be followed. */
function columnsOf(cells: readonly string[], refuse: (field: string, reason: string) => void): Column[] {
  const columns: Column[] = [];
  let sound = true;
  const wrong = (field: string, reason: string) => {
    sound = false;
    refuse(field, reason);
  };
  for (const cell of cells) {
    const column = COLUMNS.find((name) => name.toLowerCase() === cell.toLowerCase());
    if (!column) wrong('header', `"${shown(cell)}" is not one of ${COLUMNS.join(', ')}`);
    else if (columns.includes(column)) wrong(column, 'this column is there twice');
    else columns.push(column);
  }
  for (const column of REQUIRED) if (!columns.includes(column)) wrong(column, 'this column is missing');
  if (!columns.includes('time') && !(columns.includes('period') && columns.includes('isp'))) {
    wrong('time', 'there is neither a column time, nor period and isp');
  }
  return sound ? columns : [];
}
