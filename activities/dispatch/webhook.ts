import { z } from 'zod';
import { FlexorError } from '../../base/errors.ts';
import type { WebhookDispatch } from '../../config/index.ts';
import { signedPost } from '../signed-post.ts';
import type { Dispatch, HandedOver } from './dispatch.ts';

/** The header that carries the same key with every try of the same plan. */
export const KEY_HEADER = 'Idempotency-Key';

const answerSchema = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('confirmed') }),
  z.object({
    outcome: z.literal('refused'),
    reason: z.string().trim().min(1).max(500),
    shortISPs: z
      .array(z.object({ ISP: z.number().int().positive(), Power: z.number().int() }))
      .max(1_500)
      .optional(),
  }),
]);

/** Hands plans to the user's own system, over signed HTTP. docs/configuration.md says what it is sent and answers. */
export function webhookDispatch(
  { url, deadline }: Pick<WebhookDispatch, 'url' | 'deadline'>,
  secret: string,
): Dispatch {
  return {
    name: 'webhook',
    async handOver(plan, key, signal): Promise<HandedOver> {
      const headers = { [KEY_HEADER]: key };
      const answer = answerSchema.safeParse(
        await signedPost({ url, secret, deadline, headers, signal, body: plan }),
      );
      if (!answer.success) {
        const problems = answer.error.issues.map(
          ({ path, message }) => `${path.join('.') || 'answer'}: ${message}`,
        );
        throw new FlexorError(
          'activities.dispatch-answer-invalid',
          `The answer cannot be used: ${problems.slice(0, 5).join('; ')}.`,
          'Compare what the webhook answers with docs/configuration.md.',
        );
      }
      if (answer.data.outcome === 'confirmed') return { outcome: 'confirmed' };
      const { reason, shortISPs } = answer.data;
      return { outcome: 'refused', reason, ...(shortISPs && { shortISPs }) };
    },
  };
}
