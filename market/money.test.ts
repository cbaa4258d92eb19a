import Big from 'big.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amount } from './money.ts';

describe('an amount', () => {
  it.each([
    ['2.3', 'EUR', '2.30'],
    ['2.345', 'EUR', '2.35'],
    ['2.344', 'EUR', '2.34'],
    ['-2.345', 'EUR', '-2.35'],
    ['0', 'EUR', '0.00'],
    ['99.5', 'ISK', '100'],
    ['1.2345', 'KWD', '1.235'],
  ])('%s %s is written %s', (value, currency, text) => {
    expect(amount(new Big(value), currency)).toBe(text);
  });

  it('differs from the value by half of its last digit at most', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e9, max: 1e9 }),
        fc.constantFrom('EUR', 'ISK', 'KWD'),
        (tenths, currency) => {
          const value = new Big(tenths).div(10_000);
          const written = amount(value, currency);
          const digit = new Big(10).pow(-(written.split('.')[1]?.length ?? 0));
          expect(value.minus(written).abs().lte(digit.div(2))).toBe(true);
        },
      ),
    );
  });
});
