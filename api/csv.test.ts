import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { type CsvLine, CsvProblem, readCsv } from './csv.ts';
import { Refusal } from './errors.ts';

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string | Uint8Array, { size = 7, maxBytes = 1_000_000 } = {}): Promise<CsvLine[]> {
  const lines: CsvLine[] = [];
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  for await (const line of readCsv(inPieces(bytes, size), maxBytes)) lines.push(line);
  return lines;
}

describe('reading CSV', () => {
  it('takes quotes, CRLF, empty lines, a byte order mark and line breaks in cells', async () => {
    const text = '\uFEFFa,b\r\n\r\n"one, ""two""",  é \n"x\ny",z\n';
    expect(await read(text)).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 3, cells: ['one, "two"', 'é'] },
      { line: 4, cells: ['x\ny', 'z'] },
    ]);
  });

  it('takes semicolons where the first line has them, and a last line without end', async () => {
    expect(await read('a;b\n1,5;2')).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 2, cells: ['1,5', '2'] },
    ]);
  });

  it.each([
    ['a quote that is never closed', 'a,b\n"x,1\ny,2\n', 2, 'never closed'],
    ['text beside quotes', 'a,b\n"x"y,1\n', 2, 'beside a quoted cell'],
    ['an endless line', `a,b\n${'x'.repeat(20_000)}\n`, 2, 'longer than'],
    ['an endless quote', `a,b\n"${'x\n'.repeat(20_000)}`, 2, 'longer than'],
  ])('refuses %s', async (_, text, line, reason) => {
    const thrown = await read(text, { size: 1000 }).catch((problem: unknown) => problem);
    expect(thrown).toBeInstanceOf(CsvProblem);
    expect(thrown).toMatchObject({ line, message: expect.stringContaining(reason) });
  });

  it('refuses what is no UTF-8, and what is too large', async () => {
    expect(await read(new Uint8Array([97, 10, 0xff, 10])).catch((problem: unknown) => problem)).toMatchObject(
      { message: expect.stringContaining('UTF-8') },
    );
    const thrown = await read('a,b\n'.repeat(100), { maxBytes: 50 }).catch((problem: unknown) => problem);
    expect(thrown).toBeInstanceOf(Refusal);
    expect(thrown).toMatchObject({ status: 413 });
  });
});

test('whatever cells are written are read again, however the bytes arrive', async () => {
  const cell = fc.string({
    unit: fc.constantFrom('a', '"', ',', ';', '\n', '\r', ' ', 'é', '1'),
    maxLength: 8,
  });
  const table = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(table, fc.integer({ min: 1, max: 20 }), async (rows, size) => {
      const quoted = rows.map((row) => row.map((text) => `"${text.replaceAll('"', '""')}"`).join(','));
      const read1 = await read(['"a","b"', ...quoted].join('\r\n'), { size });
      // A line break within a cell is read as LF: that is what the lines of a file are told apart by.
      const expected = rows.map((row) => row.map((text) => text.replaceAll('\r\n', '\n')));
      expect(read1.slice(1).map(({ cells }) => cells)).toEqual(expected);
    }),
  );
});
