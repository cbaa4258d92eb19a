import { reasonOf } from '../../base/errors.ts';
import type { WebhookForecast } from '../../config/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { signedPost } from '../signed-post.ts';
import { type Baseline, known, unknown } from './baseline.ts';

/** The user's own forecasting system, asked over signed HTTP. docs/configuration.md has what it is asked and answers. */
export function webhookBaseline(
  { config, log }: Pick<Dependencies, 'config' | 'log'>,
  { url, secret, deadline }: WebhookForecast,
): Baseline {
  return {
    async expect({ whole: _, ...question }) {
      try {
        const answer = await signedPost({ url, secret: config.secret(secret), deadline, body: question });
        return powerOf(answer, question.ispCount);
      } catch (thrown) {
        const { dso, congestionPoint, period } = question;
        log.error(
          { dso, congestionPoint, period, url, reason: reasonOf(thrown) },
          'no forecast from the webhook',
        );
        return unknown(`the webhook gave no usable answer (${reasonOf(thrown)})`);
      }
    },
  };
}

const LARGEST = 2 ** 31 - 1;

function powerOf(answer: unknown, ispCount: number) {
  const power = (answer as { power?: unknown } | null | undefined)?.power;
  if (!Array.isArray(power) || power.length !== ispCount) {
    return unknown(`the webhook did not answer with the power of ${ispCount} ISPs`);
  }
  const wrong = power.findIndex((each) => !Number.isInteger(each) || Math.abs(each as number) > LARGEST);
  return wrong < 0
    ? known(power as number[])
    : unknown(`the webhook's power of ISP ${wrong + 1} is not a whole number of watts`);
}
