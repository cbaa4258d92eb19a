import { createHmac } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import { FlexorError, reasonOf } from '../../base/errors.ts';
import type { WebhookStrategy } from '../../config/index.ts';
import type { RequestFacts } from '../../market/flex-request/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { meritOrderStrategy } from './merit-order.ts';
import type { OfferStrategy, StrategyContext } from './strategy.ts';
import { decisionFrom } from './webhook-answer.ts';

/** The header that carries `sha256=` and the HMAC-SHA256 of the body under the shared secret, hexadecimal. */
export const SIGNATURE_HEADER = 'Flexor-Signature';

/** An answer larger than this is not an offer (bytes). */
const LARGEST_ANSWER = 1024 * 1024;

/** Asks the user's own optimiser, over signed HTTP; where it gives no usable answer in time, the fallback decides. */
export function webhookStrategy({ config, log }: Dependencies, settings: WebhookStrategy): OfferStrategy {
  return {
    async ask(request, context) {
      try {
        const body = JSON.stringify(questionOf(request, context));
        const answer = await post(settings, config.secret(settings.secret), body);
        return decisionFrom(answer, request, context);
      } catch (thrown) {
        const { url, fallback } = settings;
        const facts = { ...context.key, url, fallback, reason: reasonOf(thrown) };
        log.error(facts, 'the strategy webhook gave no usable answer, so the fallback decides');
        return undefined;
      }
    },

    decide(request, context) {
      if (settings.fallback === 'merit-order') return meritOrderStrategy.decide(request, context);
      return { kind: 'noBid', reason: 'the strategy webhook gave no usable answer' };
    },
  };
}

/** What the optimiser is asked. docs/configuration.md describes it field by field. */
function questionOf(request: RequestFacts, context: StrategyContext) {
  const { key, now, dso, day, assets, obligations, mutexOffersSupported } = context;
  const { dso: DSO, MessageID, ...facts } = { ...request, MessageID: request.messageId };
  const { Revision, Period, TimeZone, ISPDuration, CongestionPoint, ContractID, ServiceType } = facts;
  const { ExpirationDateTime, ISP } = facts;
  const free = (can: number, held: readonly number[] = []) =>
    Array.from({ length: day.ispCount }, (_, index) => Math.max(0, can - (held[index] ?? 0)));
  return {
    ...key,
    askedAt: now,
    request: {
      ...{
        DSO,
        MessageID,
        Revision,
        Period,
        TimeZone,
        ISPDuration,
        CongestionPoint,
        ContractID,
        ServiceType,
      },
      ...{ ExpirationDateTime, ISP },
    },
    currency: dso.market.currency,
    ispCount: day.ispCount,
    severalOptions: mutexOffersSupported,
    obligations: [...obligations].map(([ISP, Power]) => ({ ISP, Power })),
    assets: assets.map(({ connection, name, pricePerMWh, canReduceW, canIncreaseW, held }) => ({
      ...{ connection, name, pricePerMWh },
      freeReduceW: free(canReduceW, held?.reduceW),
      freeIncreaseW: free(canIncreaseW, held?.increaseW),
    })),
  };
}

async function post({ url, deadline }: WebhookStrategy, secret: string, body: string): Promise<unknown> {
  const milliseconds = Temporal.Duration.from(deadline).total('milliseconds');
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      [SIGNATURE_HEADER]: `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    },
    body,
    // Elsewhere, nobody vouches for the answer.
    redirect: 'manual',
    signal: AbortSignal.timeout(milliseconds),
  });
  const text = await textOf(response);
  if (response.status !== 200) throw unusable(`status ${response.status}`);
  try {
    return JSON.parse(text);
  } catch {
    throw unusable('it is not JSON');
  }
}

async function textOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > LARGEST_ANSWER) throw unusable(`it is larger than ${LARGEST_ANSWER} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const unusable = (why: string) =>
  new FlexorError(
    'activities.strategy-answer-invalid',
    `The answer cannot be used: ${why}.`,
    'Compare what the webhook answers with docs/configuration.md.',
  );
