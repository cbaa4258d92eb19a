import { z } from 'zod';
import * as fields from '../fields.ts';
import { webhook } from './webhook.ts';

/** What offers of any strategy have. */
const offerTerms = {
  offerValidity: fields.duration.default('PT2H'),
  minActivationFactor: fields.activationFactor.default('1.00'),
};

/** How many alternatives the merit order offers where the congestion point takes several. */
const options = fields.wholeNumber('alternatives', 1, 10).default(1);
const fallback = fields.choice(['merit-order', 'no-bid']).default('merit-order');

/** How offers are made. `also`: what else stands beside the settings of the strategy. */
const strategyWith = <Also extends z.ZodRawShape>(also: Also) =>
  z.discriminatedUnion('kind', [
    z.strictObject({ ...also, kind: z.literal('merit-order'), options, ...offerTerms }),
    z.strictObject({
      ...also,
      kind: z.literal('webhook'),
      ...webhook,
      // That it is encrypted is checked with the other addresses (references.ts).
      url: fields.endpoint,
      fallback,
      options,
      ...offerTerms,
    }),
    z.strictObject({
      ...also,
      kind: z.literal('manual'),
      /** How long an operator has, and at most until shortly before the request expires. */
      deadline: fields.duration.default('PT1H'),
      fallback,
      options,
      ...offerTerms,
    }),
  ]);

const target = z.strictObject({
  dso: fields.domain.optional(),
  congestionPoint: fields.entityAddress.optional(),
});

/** How offers are made, unless one of `strategies` is meant for the request. */
export const strategy = strategyWith({}).prefault({ kind: 'merit-order' });
/** For some DSOs or congestion points: the first that fits is taken. */
export const strategies = z.array(strategyWith({ for: target })).default([]);

export type Strategy = z.output<typeof strategy>;
export type WebhookStrategy = Extract<Strategy, { kind: 'webhook' }>;
export type ManualStrategy = Extract<Strategy, { kind: 'manual' }>;
