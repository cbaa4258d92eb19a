import { z } from 'zod';
import * as fields from '../fields.ts';
import { timeOfDay } from './market.ts';
import { payFor } from './settlement.ts';

/** No day has more ISPs: 25 hours of one-minute ISPs. Bounds what one line of the file can ask for. */
const MOST_ISPS = 25 * 60;

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const TIMES_REMEDY = 'Write two local times in quotes, such as "17:00-19:30" or "22:00-24:00".';
export const betweenTimes = fields.textField(TIMES_REMEDY, (value) => {
  const [, from, to] = /^((?:[01]\d|2[0-3]):[0-5]\d)-((?:[01]\d|2[0-3]):[0-5]\d|24:00)$/.exec(value) ?? [];
  if (from === undefined || to === undefined)
    return new fields.Refusal('These are no two times.', TIMES_REMEDY);
  if (from < to) return value;
  return new fields.Refusal(
    'The second time is not after the first.',
    'Split what passes midnight in two: "22:00-24:00" and "00:00-06:00".',
  );
});

/** Power reserved on some days in some ISPs, told by number or by local time. */
const reservedWindow = z
  .strictObject({
    days: z.array(fields.choice(WEEKDAYS)).min(1).optional(),
    from: fields.day.optional(),
    to: fields.day.optional(),
    between: betweenTimes.optional(),
    start: fields.wholeNumber('ISP number', 1, MOST_ISPS).optional(),
    duration: fields.wholeNumber('ISPs', 1, MOST_ISPS).default(1),
    powerW: fields.signedPower,
  })
  .superRefine(({ between, start, from, to }, context) => {
    const refuse = (path: string, message: string, remedy: string): void =>
      context.addIssue({ code: 'custom', path: [path], message, params: { remedy } });
    if (between === undefined && start === undefined)
      refuse('start', 'This field is missing.', 'Add it, or between with two local times.');
    if (between !== undefined && start !== undefined)
      refuse('between', 'The ISPs are told twice.', 'Write either start and duration, or between.');
    if (from !== undefined && to !== undefined && to < from)
      refuse('to', 'The last day is before the first.', 'Correct one.');
  });

/** A length of time that may be counted in days. */
const duration = fields.duration;
const most = fields.wholeNumber('activations', 1, 1_000_000).optional();

/** What a contract says, without its name: the same in the file and at the operator's door. */
export const termsShape = {
  dso: fields.domain,
  callers: z.array(fields.domain).min(1).optional(),
  congestionPoints: z.array(fields.entityAddress).min(1).optional(),
  from: fields.day.optional(),
  to: fields.day.optional(),
  currency: fields.currency.optional(),
  timeZone: fields.timeZone.optional(),
  reserved: z.preprocess((value) => (value === 'none' ? [] : value), z.array(reservedWindow)),
  leadTime: duration.optional(),
  releaseDeadline: z
    .strictObject({
      daysBefore: fields.wholeNumber('days', 0, 366).default(1),
      at: timeOfDay,
    })
    .optional(),
  capacityPricePerMWh: fields.nonNegativeAmount.optional(),
  activationPricePerMWh: fields.price.optional(),
  priceTolerance: fields.nonNegativeAmount.default('0.01'),
  penaltyPerMWh: fields.nonNegativeAmount,
  /** Where the contract says it otherwise than what is agreed with the DSO. */
  payFor: payFor.optional(),
  maxActivations: z.strictObject({ perDay: most, perWeek: most, perMonth: most, total: most }).optional(),
  recoveryTime: duration.optional(),
  longestActivation: duration.optional(),
};

function endsBeforeItBegins({ from, to }: { from?: string | undefined; to?: string | undefined }): boolean {
  return from !== undefined && to !== undefined && to < from;
}
const lastDay = {
  path: ['to'],
  message: 'The last day is before the first.',
  params: { remedy: 'Correct one.' },
};

/** One entry of `contracts:` in the file. */
export const contract = z
  .strictObject({ id: fields.text, ...termsShape })
  .refine((value) => !endsBeforeItBegins(value), lastDay);

/** The body of `PUT /v1/contracts/:id`: the terms, and from which day of delivery they hold. */
export const contractBody = z
  .strictObject({ ...termsShape, effectiveFrom: fields.day.optional() })
  .refine((value) => !endsBeforeItBegins(value), lastDay);

export type Contract = z.output<typeof contract>;
export type ReservedWindow = Contract['reserved'][number];

/**
 * A contract's terms, complete: what was left out comes from the market of its DSO. Power W, + is consumption; money
 * decimal strings in `currency`; durations ISO 8601; days local to `timeZone`.
 */
export interface ContractTerms extends Omit<Contract, 'currency' | 'timeZone'> {
  readonly currency: string;
  readonly timeZone: string;
  readonly ispDuration: string;
}

/** Fills in what is the same for all contracts of a market. */
export function completeTerms(
  contract: Contract,
  market: { readonly timeZone: string; readonly ispDuration: string; readonly currency: string },
): ContractTerms {
  const { timeZone = market.timeZone, currency = market.currency } = contract;
  // Plain JSON: what is undefined is left out, as it is when the terms come back from the store.
  return JSON.parse(
    JSON.stringify({ ...contract, timeZone, currency, ispDuration: market.ispDuration }),
  ) as ContractTerms;
}
