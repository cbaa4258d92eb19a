import { instant } from '../../base/clock.ts';
import { reasonOf } from '../../base/errors.ts';
import type { WebhookStrategy } from '../../config/index.ts';
import { bandsBeside } from '../../market/coverage.ts';
import type { RequestFacts } from '../../market/flex-request/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { signedPost } from '../signed-post.ts';
import { fallBack } from './fallback.ts';
import type { Decided, OfferStrategy, StrategyContext } from './strategy.ts';
import { decisionFrom } from './webhook-answer.ts';

/** What its alerts are about. */
const SOURCE = 'strategy-webhook';

/** Asks the user's own optimiser, over signed HTTP; where it gives no usable answer in time, the fallback decides. */
export function webhookStrategy(
  { config, store, clock, log }: Dependencies,
  settings: WebhookStrategy,
): OfferStrategy {
  const { url, deadline, fallback } = settings;
  return {
    async ask(request, context) {
      let decided: Decided;
      try {
        const secret = config.secret(settings.secret);
        const answer = await signedPost({ url, deadline, secret, body: questionOf(request, context) });
        decided = decisionFrom(answer, context);
      } catch (thrown) {
        const reason = reasonOf(thrown);
        const facts = { ...context.key, url, fallback, reason };
        log.error(facts, 'the strategy webhook gave no usable answer, so the fallback decides');
        await store.alerts.raise({
          ...{ source: SOURCE, key: url, severity: 'warning', raisedAt: instant(clock) },
          text: `${url} gave no usable answer, and until it does the fallback (${fallback}) decides: ${reason}`,
        });
        return undefined;
      }
      await store.alerts.resolve(SOURCE, url, instant(clock));
      return decided;
    },

    decide(request, context) {
      const why = 'the strategy webhook gave no usable answer';
      return fallBack(settings.fallback, why, request, context);
    },
  };
}

/** What the optimiser is asked. docs/configuration.md describes it field by field. */
function questionOf(request: RequestFacts, context: StrategyContext) {
  const { key, now, why, refusal, offered, dso, day, assets, obligations, bands = [], covered } = context;
  const { messageId: MessageID, Revision, Period, TimeZone, ISPDuration, CongestionPoint } = request;
  const { ContractID, ServiceType, ExpirationDateTime } = request;
  return {
    ...key,
    askedAt: now,
    ...{ why, refusal },
    request: {
      ...{ DSO: dso.domain, MessageID, Revision, Period, TimeZone, ISPDuration, CongestionPoint },
      ...{ ContractID, ServiceType, ExpirationDateTime },
      ISP: bandsBeside(bands, covered),
    },
    currency: dso.market.currency,
    ispCount: day.ispCount,
    severalOptions: context.mutexOffersSupported,
    intraday: context.intraday,
    redispatchBy: context.redispatchBy,
    offered,
    obligations: [...obligations].map(([ISP, Power]) => ({ ISP, Power })),
    assets: assets.map(({ connection, name, prices, limits, reduceW, increaseW, held }) => ({
      ...{ connection, name, prices, limits },
      ...(prices.length === 1 && { pricePerMWh: prices[0]!.pricePerMWh }),
      freeReduceW: free(reduceW, held.reduceW),
      freeIncreaseW: free(increaseW, held.increaseW),
    })),
  };
}

const free = (can: readonly number[], held: readonly number[]): number[] =>
  can.map((watts, index) => Math.max(0, watts - (held[index] ?? 0)));
