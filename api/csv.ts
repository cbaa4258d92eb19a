import { ApiError, Refusal } from './errors.ts';

/** One line of a CSV file: its number (the first is 1) and its cells. */
export interface CsvLine {
  readonly line: number;
  readonly cells: readonly string[];
}

/** Why a file is no CSV file at all. */
export class CsvProblem extends Error {
  readonly line: number;
  constructor(line: number, reason: string) {
    super(reason);
    this.name = 'CsvProblem';
    this.line = line;
  }
}

/** Characters of one line: a quote that is never closed must not gather the rest of the file. */
const LONGEST_LINE = 10_000;

/**
 * Reads CSV (RFC 4180) as it comes in: cells in double quotes may hold anything, lines end with LF or CRLF, empty
 * lines are passed over, and a byte order mark is ignored. The separator is the comma, or the semicolon where the first line has more of
 * those. Memory is bounded by the longest line, time goes with the length of the file.
 *
 * @param bytes UTF-8
 * @throws CsvProblem for what is no CSV, Refusal 413 beyond `maxBytes`
 */
export async function* readCsv(bytes: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<CsvLine> {
  let line = 0;
  let separator: string | undefined;
  let begun: { text: string; line: number } | undefined;
  for await (const text of linesOf(bytes, maxBytes)) {
    line += 1;
    const record: { text: string; line: number } = begun
      ? { text: `${begun.text}\n${text}`, line: begun.line }
      : { text, line };
    if (record.text.length > LONGEST_LINE) {
      throw new CsvProblem(record.line, `is longer than ${LONGEST_LINE} characters`);
    }
    begun = isOpen(record.text) ? record : undefined;
    if (begun || record.text.trim() === '') continue;
    separator ??= count(record.text, ';') > count(record.text, ',') ? ';' : ',';
    yield { line: record.line, cells: cellsOf(record, separator) };
  }
  if (begun) throw new CsvProblem(begun.line, 'has a double quote that is never closed');
}

async function* linesOf(bytes: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let size = 0;
  let line = 1;
  let rest = '';
  const decoded = (chunk?: Uint8Array): string => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
    } catch {
      throw new CsvProblem(line, 'holds bytes that are no UTF-8');
    }
  };
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge(maxBytes);
    const text = decoded(chunk);
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      yield withoutReturn(rest + text.slice(from, end));
      rest = '';
      from = end + 1;
      line += 1;
    }
    rest += text.slice(from);
    if (rest.length > LONGEST_LINE) throw new CsvProblem(line, `is longer than ${LONGEST_LINE} characters`);
  }
  const last = withoutReturn(rest + decoded());
  if (last !== '') yield last;
}

const withoutReturn = (text: string): string => (text.endsWith('\r') ? text.slice(0, -1) : text);

/** Whether a line ends within quotes; a doubled quote counts twice and changes nothing. */
const isOpen = (text: string): boolean => text.includes('"') && count(text, '"') % 2 === 1;

function count(text: string, character: string): number {
  let found = 0;
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) found += 1;
  return found;
}

function cellsOf({ text, line }: { text: string; line: number }, separator: string): string[] {
  if (!text.includes('"')) return text.split(separator).map((cell) => cell.trim());
  const cells: string[] = [];
  let from = 0;
  for (;;) {
    const quoted = /^[ \t]*"((?:[^"]|"")*)"[ \t]*/.exec(text.slice(from));
    const end = quoted ? from + quoted[0].length : nextOf(text, separator, from);
    if (quoted && end < text.length && text[end] !== separator) {
      throw new CsvProblem(line, 'has text beside a quoted cell');
    }
    cells.push(quoted ? quoted[1]!.replaceAll('""', '"') : text.slice(from, end).trim());
    if (end >= text.length) return cells;
    from = end + 1;
  }
}

function nextOf(text: string, separator: string, from: number): number {
  const end = text.indexOf(separator, from);
  return end < 0 ? text.length : end;
}

/** A file beyond the size that is taken in one piece. */
export function tooLarge(maxBytes: number): Refusal {
  const message = `The file is larger than ${maxBytes} bytes. Nothing was stored.`;
  const remedy = 'Cut it into several files, or raise the limit in the configuration.';
  return new Refusal(413, new ApiError('api.body-invalid', message, remedy));
}
