import { Temporal } from 'temporal-polyfill';
import type { ManualStrategy } from '../../config/index.ts';
import { fallBack } from './fallback.ts';
import type { OfferStrategy } from './strategy.ts';

/** What the fallback needs to make an offer before the request expires. Milliseconds. */
const FOR_THE_FALLBACK = 60_000;

/** An operator decides; where none does until the deadline, the fallback. */
export function manualStrategy({ deadline, fallback }: ManualStrategy): OfferStrategy {
  return {
    decide(request, context) {
      const { now, why } = context;
      const wanted = Date.parse(now) + Temporal.Duration.from(deadline).total('milliseconds');
      const latest = Date.parse(request.ExpirationDateTime) - FOR_THE_FALLBACK;
      const until = new Date(Math.min(wanted, latest)).toISOString();
      if (why !== 'deadline' && now < until) return { decision: { kind: 'ask', until } };
      return fallBack(fallback, 'no operator decided in time', request, context);
    },
  };
}
