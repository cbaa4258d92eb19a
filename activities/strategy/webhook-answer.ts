import Big from 'big.js';
import { z } from 'zod';
import { FlexorError } from '../../base/errors.ts';
import { bandsBeside } from '../../market/coverage.ts';
import type { OfferProposal } from '../../market/flex-request/index.ts';
import { amount } from '../../market/money.ts';
import { proposalProblems } from '../../market/proposal.ts';
import { type Decided, noBid, offerOf, type StrategyContext } from './strategy.ts';

const wholeNumber = z.number().int();

const option = z.strictObject({
  Price: z.string(),
  MinActivationFactor: z.string().optional(),
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

/**
 * The decision that an optimiser answered.
 * @throws FlexorError `activities.strategy-answer-invalid` with everything that is wrong with it
 */
export function decisionFrom(answered: unknown, context: StrategyContext): Decided {
  const read = answerSchema.safeParse(answered);
  if (!read.success) {
    throw invalid(read.error.issues.map(({ path, message }) => `${path.join('.') || 'answer'}: ${message}`));
  }
  if (read.data.decision === 'offer') return proposed(read.data, context);
  if (context.obligations.size > 0) throw invalid(['a contract obliges to offer']);
  return noBid(read.data.reason);
}

/**
 * The offer that somebody proposed, completed with what the market agreed on.
 * @throws FlexorError `activities.strategy-answer-invalid` with everything that is wrong with it
 */
export function proposed(proposal: OfferProposal, context: StrategyContext): Decided {
  const { currency } = context.dso.market;
  const { bands, covered, day } = context;
  const problems = proposalProblems(proposal, {
    ...{ ...context, ispCount: day.ispCount, currency },
    bands: bands && bandsBeside(bands, covered),
  });
  if (problems.length > 0) throw invalid(problems);
  const options = proposal.options.map(({ Price, MinActivationFactor, ISP }) => ({
    price: amount(new Big(Price), currency),
    minActivationFactor: MinActivationFactor,
    ISP,
  }));
  const { ExpirationDateTime } = proposal;
  return offerOf(context, options, ExpirationDateTime && new Date(ExpirationDateTime).toISOString());
}

const invalid = (problems: readonly string[]) =>
  new FlexorError(
    'activities.strategy-answer-invalid',
    `The answer cannot be used: ${problems.slice(0, 5).join('; ')}.`,
    'Compare what the webhook answers with docs/configuration.md.',
    { details: { problems: problems.slice(0, 5) } },
  );
