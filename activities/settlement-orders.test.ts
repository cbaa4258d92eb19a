import { expect, test } from 'vitest';
import type { Message } from '../uftp/index.ts';
import { itemKeys } from './settlement-orders.ts';

const keysOf = (...references: (string | undefined)[]): string[] =>
  itemKeys({
    FlexOrderSettlement: references.map((OrderReference) => ({ OrderReference })),
  } as unknown as Message<'FlexSettlement'>);

const LONG = 'x'.repeat(256);

test.each([
  [
    ['A', 'B'],
    ['A', 'B'],
  ],
  [
    ['A', undefined, 'A', '', LONG],
    ['A', '#2', '#3', '#4', '#5'],
  ],
  [
    ['#2', undefined],
    ['#2', '##2'],
  ],
  [
    [undefined, '#1', '##1'],
    ['###1', '#1', '##1'],
  ],
  [
    ['#2', '#2'],
    ['#2', '##2'],
  ],
])('the items of %j are kept under %j', (references, keys) => {
  expect(keysOf(...(references as (string | undefined)[]))).toEqual(keys);
});
