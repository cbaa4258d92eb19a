import { CsvProblem, readCsv } from '../csv.ts';
import { type ConnectionList } from './listed.ts';

/** The columns of a file and the fields that they are. */
const CONNECTION = { connection: 'id', from: 'from', to: 'to', meteringEAN: 'meteringEAN' } as const;
/** One asset a line: what has no price curve and no windows needs no more. */
const ASSET = {
  asset: 'name',
  kind: 'kind',
  canReduceW: 'canReduceW',
  canIncreaseW: 'canIncreaseW',
  pricePerMWh: 'pricePerMWh',
} as const;
/** Or all assets of a connection as JSON, in the words of the configuration. */
const ASSETS = 'assets';
const KNOWN = [...Object.keys(CONNECTION), ...Object.keys(ASSET), ASSETS];
const WATTS = new Set(['canReduceW', 'canIncreaseW']);

/**
 * Reads a CSV file of connections, line by line. The first line names the columns, in any order: connection and from,
 * and perhaps to, meteringEAN, and asset, kind, canReduceW, canIncreaseW, pricePerMWh for one asset a line (a
 * connection with more has more lines), or assets with all of them as JSON. An empty cell is a field that is left out.
 *
 * @throws Refusal 413 beyond `maxBytes`
 */
export async function gatherCsvList(
  bytes: AsyncIterable<Uint8Array>,
  list: ConnectionList,
  maxBytes: number,
): Promise<void> {
  let columns: readonly string[] | undefined;
  try {
    for await (const { line, cells } of readCsv(bytes, maxBytes)) {
      if (columns) takeLine(line, columns, cells, list);
      else {
        columns = cells;
        for (const { field, reason } of headerProblems(cells))
          list.problems.push({ place: line, field, reason });
        // Under a header that cannot be followed every line is wrong.
        if (list.problems.length > 0) return;
      }
    }
  } catch (thrown) {
    if (!(thrown instanceof CsvProblem)) throw thrown;
    list.problems.push({ place: thrown.line, field: 'line', reason: thrown.message });
  }
  if (!columns) list.problems.push({ place: 1, field: 'line', reason: 'The file is empty.' });
}

function headerProblems(columns: readonly string[]): { field: string; reason: string }[] {
  const missing = ['connection', 'from'].filter((name) => !columns.includes(name));
  const unknown = columns.filter((name) => !KNOWN.includes(name));
  const twice = columns.filter((name, index) => columns.indexOf(name) < index);
  const both = columns.includes(ASSETS) && columns.some((name) => name in ASSET);
  return [
    ...missing.map((field) => ({ field, reason: 'This column is missing.' })),
    ...unknown.map((field) => ({ field, reason: `No such column is known; there are ${KNOWN.join(', ')}.` })),
    ...twice.map((field) => ({ field, reason: 'This column is there twice.' })),
    ...(both
      ? [{ field: ASSETS, reason: 'Assets stand in this column or in columns of their own, not both.' }]
      : []),
  ];
}

function takeLine(
  line: number,
  columns: readonly string[],
  cells: readonly string[],
  list: ConnectionList,
): void {
  const refuse = (field: string, reason: string) => list.problems.push({ place: line, field, reason });
  if (cells.length !== columns.length) {
    refuse('line', `There are ${cells.length} cells under ${columns.length} columns.`);
    return;
  }
  const said: Record<string, unknown> = {};
  const asset: Record<string, unknown> = {};
  for (const [index, column] of columns.entries()) {
    const cell = cells[index]!;
    if (cell === '') continue;
    if (column in CONNECTION) said[CONNECTION[column as keyof typeof CONNECTION]] = cell;
    else if (column in ASSET) asset[ASSET[column as keyof typeof ASSET]] = valueOf(column, cell);
    else {
      const assets = parsed(cell);
      if (assets === undefined) return void refuse(ASSETS, 'This is no JSON.');
      said[ASSETS] = assets;
    }
  }
  if (Object.keys(asset).length > 0) said[ASSETS] = [asset];
  list.take(line, said as never, columnOf);
}

/** Watts are numbers, as in the configuration; what is no number is left for the check to name. */
const valueOf = (column: string, cell: string): unknown =>
  WATTS.has(column) && /^-?\d+$/.test(cell) ? Number(cell) : cell;

function parsed(cell: string): unknown {
  try {
    return JSON.parse(cell) as unknown;
  } catch {
    return undefined;
  }
}

function columnOf(path: readonly PropertyKey[]): string {
  const [first, , third] = path;
  if (first !== ASSETS) return first === 'id' ? 'connection' : String(first ?? 'line');
  return third === undefined ? ASSETS : third === 'name' ? 'asset' : String(third);
}
