import { z } from 'zod';
import * as fields from '../fields.ts';

/** A time of day on the wall clock, `HH:MM`. */
export const timeOfDay = fields.textField('Write it in quotes, such as "12:00".', (value) =>
  /^([01]\d|2[0-3]):[0-5]\d$/.test(value)
    ? value
    : new fields.Refusal('This is no time of day.', 'Write it in quotes, such as "12:00".'),
);

/** When trading closes, as set nationally: no message carries it. Defaults: noon of the day before, and an hour before each ISP. */
const gateClosure = z.strictObject({
  dayAhead: timeOfDay.default('12:00'),
  intraday: fields.duration.default('PT1H'),
});

/** How far a partial order may be from the exactly scaled offer. Without `amount`: one of the currency's last digit. */
const rounding = z.strictObject({
  powerW: fields.power.default(1),
  amount: fields.nonNegativeAmount.optional(),
});

/** What is agreed on with a DSO because no message says it. */
export const market = z.strictObject({
  timeZone: fields.timeZone,
  ispDuration: fields.ispDuration.default('PT15M'),
  currency: fields.currency.default('EUR'),
  gateClosure: gateClosure.prefault({}),
  rounding: rounding.prefault({}),
});
