import { z } from 'zod';
import * as fields from '../fields.ts';
import { secretRef } from '../secrets.ts';
import { timeOfDay } from './market.ts';

/**
 * The baseline agreed with a DSO. UFTP, "FlexOffer": a D-PrognosisMessageID names it where D-Prognoses are the
 * agreed baseline, and a BaselineReference where another one is.
 */
export const baseline = z.preprocess(
  (value) => (value instanceof Object && !('kind' in value) ? { kind: 'reference', ...value } : value),
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('reference'), reference: fields.text }),
    z.strictObject({
      kind: z.literal('d-prognosis'),
      /** Local time at which tomorrow's prognoses are sent, well before day-ahead gate closure. */
      at: timeOfDay.default('08:00'),
      /** How long before day-ahead gate closure a prognosis that is not in force yet is made an alert. */
      warnBefore: fields.duration.default('PT1H'),
    }),
  ]),
);

/** A forecast is asked for within an activity of two minutes. */
const deadline = fields.duration.default('PT10S').refine((value) => /^PT([0-9.]+S|1M)$/.test(value), {
  message: 'The deadline is longer than a minute.',
  params: { remedy: 'Write at most PT60S.' },
});

/** Where the expected power of connections comes from. `also`: what else stands beside the settings. */
const sourceWith = <Also extends z.ZodRawShape>(also: Also) =>
  z.discriminatedUnion('kind', [
    z.strictObject({ ...also, kind: z.literal('uploaded') }),
    z.strictObject({
      ...also,
      kind: z.literal('meter-history'),
      /** How many comparable days (weekdays, or days of the weekend) the mean is taken over. */
      days: fields.wholeNumber('days', 1, 60).default(5),
      /** How far back they are looked for. */
      within: fields.wholeNumber('days', 1, 400).default(42),
    }),
    z.strictObject({
      ...also,
      kind: z.literal('webhook'),
      url: fields.endpoint,
      secret: secretRef,
      deadline,
    }),
  ]);

const target = z
  .strictObject({
    dso: fields.domain.optional(),
    congestionPoint: fields.entityAddress.optional(),
    connection: fields.entityAddress.optional(),
  })
  .refine((value) => Object.values(value).some((each) => each !== undefined), {
    message: 'This says for nobody in particular.',
    params: { remedy: 'Name dso, congestionPoint or connection; for all others there is forecast.' },
  });

/** Where forecasts come from, unless one of `forecasts` is meant for it. */
export const forecast = sourceWith({}).prefault({ kind: 'uploaded' });
/** For some DSOs, congestion points or connections: the first that fits is taken. */
export const forecasts = z.array(sourceWith({ for: target })).default([]);

export type ForecastSource = z.output<typeof forecast>;
export type WebhookForecast = Extract<ForecastSource, { kind: 'webhook' }>;
