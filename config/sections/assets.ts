import Big from 'big.js';
import { z } from 'zod';
import * as fields from '../fields.ts';
import { betweenTimes, WEEKDAYS } from './contracts.ts';

/** Power that differs at some times. Whatever of the two is left out is nothing. */
const availabilityWindow = z.strictObject({
  days: z.array(fields.choice(WEEKDAYS)).min(1).optional(),
  between: betweenTimes.optional(),
  canReduceW: fields.power.default(0),
  canIncreaseW: fields.power.default(0),
});

const priceBlock = z.strictObject({
  upToW: fields.wholeNumber('W', 1).optional(),
  pricePerMWh: fields.price,
});

/** Blocks are filled one after the other, so a later one can be neither smaller nor cheaper. */
const priceBlocks = z
  .array(priceBlock)
  .min(1)
  .superRefine((blocks, context) => {
    const refuse = (path: PropertyKey[], message: string, remedy: string): void =>
      context.addIssue({ code: 'custom', path, message, params: { remedy } });
    blocks.forEach(({ upToW, pricePerMWh }, index) => {
      const before = blocks[index - 1];
      const last = index === blocks.length - 1;
      if (last !== (upToW === undefined)) {
        const message = 'The last block goes on to the end, and every other one has an end.';
        refuse([index, 'upToW'], message, last ? 'Leave it out.' : 'Say up to how many W it goes.');
      }
      if (before?.upToW !== undefined && upToW !== undefined && upToW <= before.upToW)
        refuse([index, 'upToW'], 'The block ends before it begins.', 'Let upToW rise from block to block.');
      if (before && new Big(pricePerMWh).lt(before.pricePerMWh))
        refuse(
          [index, 'pricePerMWh'],
          'The block is cheaper than the one before it.',
          'Let prices rise from block to block.',
        );
    });
  });

/** One thing that can be steered behind a connection, and everything that limits it. */
export const asset = z
  .strictObject({
    name: fields.text,
    kind: fields.text.optional(),
    canReduceW: fields.power.default(0),
    canIncreaseW: fields.power.default(0),
    pricePerMWh: fields.price.optional(),
    prices: priceBlocks.optional(),
    windows: z.array(availabilityWindow).optional(),
    dailyEnergyWh: z
      .strictObject({
        reduce: fields.wholeNumber('Wh', 0).optional(),
        increase: fields.wholeNumber('Wh', 0).optional(),
      })
      .optional(),
    longestRun: fields.duration.optional(),
    shortestRun: fields.duration.optional(),
    recovery: fields.duration.optional(),
    stepW: fields.wholeNumber('W', 1).optional(),
  })
  .superRefine(({ pricePerMWh, prices }, context) => {
    if ((pricePerMWh === undefined) !== (prices === undefined)) return;
    const [message, remedy] =
      prices === undefined
        ? ['This field is missing.', 'Add it, or prices with one price for each part of the power.']
        : ['The price is told twice.', 'Write either pricePerMWh or prices.'];
    context.addIssue({ code: 'custom', path: ['pricePerMWh'], message, params: { remedy } });
  });

export type Asset = z.output<typeof asset>;
