import Big from 'big.js';
import { z } from 'zod';
import { FlexorError } from '../../base/errors.ts';
import type { OfferDecision, RequestFacts } from '../../market/flex-request/index.ts';
import type { RequestedBand } from '../../market/merit-order.ts';
import { amount } from '../../market/money.ts';
import type { PowerISP } from '../../market/power.ts';
import { firstOutOfBounds, firstOverlap } from '../../uftp/index.ts';
import { offerOf, type StrategyContext } from './strategy.ts';

const wholeNumber = z.number().int();

const option = z.strictObject({
  /** UFTP CurrencyAmountType: at most four decimals. */
  Price: z.string().regex(/^-?\d{1,14}(\.\d{1,4})?$/, 'is not a decimal number in quotes'),
  MinActivationFactor: z
    .string()
    .regex(/^(0\.(0[1-9]|[1-9]\d?)|1(\.00?)?)$/, 'is not a factor from 0.01 to 1.00')
    .optional(),
  ISP: z
    .array(z.strictObject({ Start: wholeNumber, Duration: wholeNumber.default(1), Power: wholeNumber }))
    .min(1),
});

const answerSchema = z.discriminatedUnion('decision', [
  z.strictObject({
    decision: z.literal('offer'),
    ExpirationDateTime: z.iso.datetime().optional(),
    options: z.array(option).min(1).max(50),
  }),
  z.strictObject({ decision: z.literal('no-bid'), reason: z.string().trim().min(1).max(500) }),
]);
type Option = z.output<typeof option>;

/**
 * The decision that an optimiser answered.
 * @throws FlexorError `activities.strategy-answer-invalid` with everything that is wrong with it
 */
export function decisionFrom(
  answered: unknown,
  request: RequestFacts,
  context: StrategyContext,
): OfferDecision {
  const read = answerSchema.safeParse(answered);
  if (!read.success) {
    throw invalid(read.error.issues.map(({ path, message }) => `${path.join('.') || 'answer'}: ${message}`));
  }
  const answer = read.data;
  if (answer.decision === 'no-bid') return { kind: 'noBid', reason: answer.reason };
  const { options, ExpirationDateTime } = answer;
  const expiresAt = ExpirationDateTime && new Date(ExpirationDateTime).toISOString();
  const { currency } = context.dso.market;
  const problems = [
    ...(expiresAt !== undefined && expiresAt <= context.now ? ['ExpirationDateTime is past'] : []),
    ...(options.length > 1 && !context.mutexOffersSupported
      ? ['the congestion point does not take several options']
      : []),
    ...options.flatMap((each, index) =>
      problemsOf(each, request.ISP, context.day.ispCount, currency).map((why) => `options.${index}: ${why}`),
    ),
  ];
  if (problems.length > 0) throw invalid(problems);
  const proposed = options.map(({ Price, MinActivationFactor, ISP }) => ({
    price: amount(new Big(Price), currency),
    minActivationFactor: MinActivationFactor,
    ISP,
  }));
  return offerOf(request, context, proposed, expiresAt);
}

function problemsOf(
  { Price, ISP }: Option,
  bands: readonly RequestedBand[],
  ispCount: number,
  currency: string,
): string[] {
  const problems = new Big(amount(new Big(Price), currency)).eq(Price)
    ? []
    : [`Price ${Price} has more decimals than ${currency}`];
  const outside = firstOutOfBounds(ISP, ispCount);
  if (outside) return [...problems, 'an ISP is not one of the day'];
  if (firstOverlap(ISP)) problems.push('an ISP is named twice');
  for (const group of ISP) {
    const band = bands.find((each) => contains(each, group));
    const where = `ISP ${group.Start}`;
    if (!band) problems.push(`${where}: not within one group of the request`);
    else if (!reaches(band, group.Power)) problems.push(`${where}: ${group.Power} W is beyond the band`);
  }
  const asked = bands.filter(({ Disposition }) => Disposition === 'Requested');
  if (!ISP.some((group) => asked.some((each) => contains(each, group)))) {
    problems.push('none of its ISPs is Requested');
  }
  return problems;
}

function contains(band: RequestedBand, { Start, Duration }: PowerISP): boolean {
  return band.Start <= Start && Start + Duration <= band.Start + band.Duration;
}

/** Less than the bound nearest zero is a contribution all the same: others may add to it. */
function reaches({ MinPower, MaxPower }: RequestedBand, power: number): boolean {
  return power !== 0 && Math.min(0, MinPower) <= power && power <= Math.max(0, MaxPower);
}

const invalid = (problems: readonly string[]) =>
  new FlexorError(
    'activities.strategy-answer-invalid',
    `The answer cannot be used: ${problems.slice(0, 5).join('; ')}.`,
    'Compare what the webhook answers with docs/configuration.md.',
  );
