import { Context } from '@temporalio/activity';
import { instant } from '../../base/clock.ts';
import { heldOf, type HeldPower, powerToHold } from '../../market/capacity.ts';
import type { DecideInput, OfferDecision } from '../../market/flex-request/index.ts';
import { ispEnd } from '../../uftp/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { strategyFor } from './choose.ts';
import { situationOf } from './situation.ts';
import type { StrategyContext } from './strategy.ts';

/** How often a strategy is asked, should what it counted on be taken meanwhile. */
const ASKED_AT_MOST = 2;

/**
 * Decides what to offer for a request, and keeps the power of the offer from being offered again: both are one
 * transaction, and a retry finds the decision that was made.
 */
export async function decideOffer(
  deps: Dependencies,
  input: DecideInput,
): Promise<OfferDecision> {
  const { store, clock, log } = deps;
  const { step, request } = input;
  if (!request) return { kind: 'noBid', reason: 'there is no request' };
  const { workflowId } = Context.current().info.workflowExecution!;
  const key = { workflowId, step };
  const made = await store.capacity.find(key);
  if (made && made.status !== 'released') return made.decision as OfferDecision;

  const situation = await situationOf(deps, request, input.reserved ?? []);
  if ('kind' in situation) return situation;
  const { day, assets } = situation;
  const scope = {
    startsAt: day.startsAt,
    endsAt: ispEnd(request.Period, request.TimeZone, request.ISPDuration, day.ispCount),
    ispMinutes: day.ispMinutes,
    connections: [...new Set(assets.map(({ connection }) => connection))],
    whileConversationIs: 'Open',
  };
  const beside = (holds: readonly HeldPower[]): StrategyContext => ({
    ...situation,
    key,
    now: instant(clock),
    assets: assets.map((asset) => ({ ...asset, held: heldOf(asset, day, holds) })),
  });
  /** What was decided, its power kept; undefined where it is more than what is free. */
  const keep = async (
    decide: (context: StrategyContext) => OfferDecision,
  ): Promise<OfferDecision | undefined> => {
    const kept = await store.capacity.hold<OfferDecision | undefined>(key, scope, (holds) => {
      const context = beside(holds);
      const decision = decide(context);
      if (decision.kind !== 'offer') return { decision };
      const power = powerToHold(decision.content.OfferOption, context.assets, day.ispCount);
      return power ? { decision, assets: power } : { decision: undefined };
    });
    if (kept !== 'over') return kept;
    return { kind: 'noBid', reason: 'the conversation was over before an offer was made' };
  };

  const strategy = strategyFor(deps, situation.settings);
  for (let asked = 1; strategy.ask && asked <= ASKED_AT_MOST; asked += 1) {
    const answer = await strategy.ask(request, beside(await store.capacity.standing(scope)));
    if (!answer) break;
    const decision = await keep(() => answer);
    if (decision) return decision;
    log.warn({ ...key, asked }, 'what the strategy wants to offer is not free');
  }
  const decision = await keep((context) => strategy.decide(request, context));
  return decision ?? { kind: 'noBid', reason: 'the strategy offered more than there is' };
}
