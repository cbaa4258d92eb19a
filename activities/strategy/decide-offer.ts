import { Context } from '@temporalio/activity';
import { instant } from '../../base/clock.ts';
import { FlexorError } from '../../base/errors.ts';
import { beside, type Lacking, powerToHold, usesOf } from '../../market/capacity.ts';
import type { DecideInput, Obligation, OfferDecision } from '../../market/flex-request/index.ts';
import { asTheyAre } from '../../market/outage.ts';
import type { Standing } from '../../store/index.ts';
import { ispEnd } from '../../uftp/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { reserveBeside } from '../reserve.ts';
import { strategyFor } from './choose.ts';
import { obligationOf } from './obligation.ts';
import { supersede } from './predecessors.ts';
import { situationOf } from './situation.ts';
import type { Decided, Situation, StrategyContext } from './strategy.ts';
import { proposed } from './webhook-answer.ts';

/** How often a strategy is asked, should what it counted on be taken meanwhile. */
const ASKED_AT_MOST = 2;

/** Phases of a conversation in which an offer may still be made. */
const TRADING = ['Waiting', 'Open', 'Ordered', 'Delivered'];

/**
 * Decides what to offer, and keeps the power of the offer from being offered again: both are one transaction, and a
 * retry finds the decision that was made. An operator's proposal is judged as an optimiser's, and overrides the
 * strategy.
 *
 * @throws ApplicationFailure `activities.portfolio-unknown`, `activities.predecessor-pending`: to be tried again
 */
export async function decideOffer(deps: Dependencies, input: DecideInput): Promise<OfferDecision> {
  const supersededBy = input.request && (await supersede(deps, input.request));
  if (supersededBy)
    return { kind: 'noBid', reason: `Revision ${supersededBy.Revision} took its place`, supersededBy };
  const obligation = await obligationOf(deps, input);
  const decision = await decided(deps, input, obligation);
  return obligation ? { ...decision, obligation } : decision;
}

async function decided(
  deps: Dependencies,
  input: DecideInput,
  obligation: Obligation | undefined,
): Promise<OfferDecision> {
  const { store, log } = deps;
  const { step, request, proposal, why } = input;
  const { workflowId } = Context.current().info.workflowExecution!;
  const key = { workflowId, step };
  const made = await store.capacity.find(key);
  if (made && made.status !== 'released') return made.decision as OfferDecision;
  const situation = await situationOf(deps, input, obligation);
  if ('kind' in situation) return situation;
  if (why === 'reserved' && situation.obligations.size === 0)
    return { kind: 'noBid', reason: 'nothing more is obliged to' };

  const desk = await deskFor(deps, input, situation, key);
  if (proposal) return certain(await desk.keep((context) => judged(() => proposed(proposal, context))));
  if (!request) return { kind: 'noBid', reason: 'nobody asked for an offer, and none was proposed' };

  const strategy = strategyFor(deps, situation.settings);
  for (let asked = 1; strategy.ask && asked <= ASKED_AT_MOST; asked += 1) {
    const answer = await strategy.ask(request, await desk.look());
    if (!answer) break;
    const decision = await desk.keep(() => answer);
    if (!('lacking' in decision)) return decision;
    log.warn({ ...key, asked, ...decision.lacking }, 'what the strategy wants to offer is not free');
  }
  return certain(await desk.keep((context) => strategy.decide(request, context)));
}

/** What is more than what is free is not offered. */
function certain(decision: OfferDecision | { readonly lacking: Lacking }): OfferDecision {
  if (!('lacking' in decision)) return decision;
  const { option, isp, watts } = decision.lacking;
  return { kind: 'noBid', reason: `options.${option}: the free assets lack ${watts} W in ISP ${isp}` };
}

/** What is wrong with a proposal is no failure but the reason why there is no offer. */
function judged(propose: () => Decided): Decided {
  try {
    return propose();
  } catch (thrown) {
    if (!(thrown instanceof FlexorError)) throw thrown;
    const problems = thrown.details['problems'] as string[];
    return { decision: { kind: 'noBid', reason: problems.join('; ') } };
  }
}

/** Where a decision is made on what is free. */
async function deskFor(
  deps: Dependencies,
  { frame, why, refusal, offered }: DecideInput,
  situation: Situation,
  key: StrategyContext['key'],
) {
  const { store, clock } = deps;
  const { day, assets } = situation;
  const during = {
    startsAt: day.startsAt,
    endsAt: ispEnd(frame.Period, frame.TimeZone, frame.ISPDuration, day.ispCount),
    connections: [...new Set(assets.map(({ connection }) => connection))],
  };
  const reserve = await reserveBeside(deps, during, frame.ContractID);
  const scope = {
    ...during,
    ispMinutes: day.ispMinutes,
    connections: [...new Set([...during.connections, ...reserve.connections])],
    whileConversationIs: TRADING,
  };
  const context = (standing: Standing): StrategyContext => ({
    ...situation,
    ...{ key, why, offered, now: instant(clock) },
    ...(refusal !== undefined && { refusal }),
    assets: beside(asTheyAre(assets, day, standing), day, [...standing.holds, ...reserve.kept(standing)]),
  });
  return {
    /** What is free at this moment. */
    look: async (): Promise<StrategyContext> => context(await store.capacity.standing(scope)),

    /** What was decided, its power kept; or what the assets lack for it. */
    async keep(
      decide: (context: StrategyContext) => Decided,
    ): Promise<OfferDecision | { readonly lacking: Lacking }> {
      const kept = await store.capacity.hold<OfferDecision | { readonly lacking: Lacking }>(
        key,
        scope,
        (standing) => {
          const now = context(standing);
          const { decision, uses } = decide(now);
          if (decision.kind !== 'offer') return { decision };
          const options = decision.content.OfferOption;
          const found = uses ? { uses } : usesOf(options, now.assets, day);
          if ('lacking' in found) return { decision: found };
          const held = options.map((option, index) => ({ ...option, uses: found.uses[index]! }));
          return { decision, assets: powerToHold(held) };
        },
      );
      if (kept !== 'over') return kept;
      return { kind: 'noBid', reason: 'the conversation was over before an offer was made' };
    },
  };
}
