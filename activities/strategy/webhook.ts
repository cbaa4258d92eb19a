import { reasonOf } from '../../base/errors.ts';
import type { WebhookStrategy } from '../../config/index.ts';
import type { RequestFacts } from '../../market/flex-request/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { signedPost } from '../signed-post.ts';
import { meritOrderStrategy } from './merit-order.ts';
import type { OfferStrategy, StrategyContext } from './strategy.ts';
import { decisionFrom } from './webhook-answer.ts';

/** Asks the user's own optimiser, over signed HTTP; where it gives no usable answer in time, the fallback decides. */
export function webhookStrategy({ config, log }: Dependencies, settings: WebhookStrategy): OfferStrategy {
  return {
    async ask(request, context) {
      try {
        const { url, deadline } = settings;
        const secret = config.secret(settings.secret);
        const answer = await signedPost({ url, deadline, secret, body: questionOf(request, context) });
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
