import { describe, expect, it } from 'vitest';
import { exact, type StatementLine, statementCsv, statementOf } from './statement.ts';

const head = { dso: 'dso.example.com', month: '2027-01', currency: 'EUR' };
const line = (changes: Partial<StatementLine> = {}): StatementLine => ({
  ...{ orderReference: 'O-1', period: '2027-01-05', disposition: 'accepted' },
  ...{ price: '0.10', penalty: '0.00', netSettlement: '0.10' },
  ...changes,
});

describe('a statement', () => {
  it('sums decimals, not binary fractions', () => {
    const { totals } = statementOf(
      head,
      Array.from({ length: 3_000 }, () => line()),
      [],
    );
    expect(totals.accepted).toEqual({
      orders: 3_000,
      price: '300.00',
      penalty: '0.00',
      netSettlement: '300.00',
    });
    expect(totals.disputed).toEqual({ orders: 0, price: '0.00', penalty: '0.00', netSettlement: '0.00' });
  });

  it('keeps every decimal that was stated', () => {
    expect(['1', '1.5', '-0.0050', '12345678901234.5678'].map((each) => exact(each, 'EUR'))).toEqual([
      ...['1.00', '1.50', '-0.005', '12345678901234.5678'],
    ]);
    expect(exact('100', 'ISK')).toBe('100');
    const { totals } = statementOf(head, [line({ price: '0.005' }), line({ price: '0.005' })], []);
    expect(totals.accepted.price).toBe('0.01');
  });

  it('says nothing about money that is open but what was agreed', () => {
    const open: StatementLine = {
      orderReference: 'O-2',
      period: '2027-01-06',
      disposition: 'open',
      price: '7.00',
    };
    expect(statementOf(head, [open], []).totals.open).toMatchObject({ price: '7.00', netSettlement: '0.00' });
  });
});

describe('as CSV', () => {
  const written = (orderReference: string): string =>
    statementCsv(statementOf(head, [line({ orderReference })], []))
      .slice(statementCsv(statementOf(head, [], [])).indexOf('\r\n') + 2)
      .split(',2027-01-05')[0]!;

  it.each([
    ['=HYPERLINK("http://x.example")', `order,"'=HYPERLINK(""http://x.example"")"`],
    ['+1+1', `order,"'+1+1"`],
    ['-1+1', `order,"'-1+1"`],
    ['@SUM(A1)', `order,"'@SUM(A1)"`],
    ['\t=1', `order,"'\t=1"`],
    ['\r\n=1', `order,"'\r\n=1"`],
    ['A;=1', 'order,"A;=1"'],
    ['A,"B"', 'order,"A,""B"""'],
    ['-1.50', 'order,-1.50'],
    ['O-1', 'order,O-1'],
  ])('%j is no formula', (reference, text) => {
    expect(written(reference)).toBe(text);
  });
});
