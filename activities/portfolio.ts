import { ApplicationFailure, Context } from '@temporalio/activity';
import { Temporal } from 'temporal-polyfill';
import { instant } from '../base/clock.ts';
import type { Cro } from '../config/index.ts';
import type { RepresentedConnection } from '../store/index.ts';
import { addDays, type MessageDraft, type MessageType, periodOf } from '../uftp/index.ts';
import type { SendInput } from './contract.ts';
import type { Dependencies } from './dependencies.ts';
import type { Outgoing } from './outgoing.ts';
import type { Asked, PortfolioActivities, ToCro } from './portfolio-contract.ts';

type Content<T extends MessageType> = Omit<
  MessageDraft<T>,
  'Version' | 'SenderDomain' | 'RecipientDomain' | 'TimeStamp' | 'MessageID' | 'ConversationID'
>;

/** What is sent to CROs, and how far they know the portfolio. */
export function portfolioActivities(
  deps: Dependencies,
  outgoing: Outgoing,
): Pick<
  PortfolioActivities,
  'portfolioStanding' | 'sendPortfolioUpdate' | 'sendPortfolioQuery' | 'recordSync'
> {
  const { config, store, clock, log } = deps;

  function croCalled(domain: string): Cro {
    const cro = config.participant(domain, 'CRO');
    if (cro) return cro;
    throw ApplicationFailure.nonRetryable(
      `There is no CRO ${domain} in the configuration.`,
      'activities.participant-missing',
    );
  }

  const today = (cro: Cro): string => periodOf(instant(clock), cro.timeZone);

  async function entriesFor(cro: Cro): Promise<readonly RepresentedConnection[]> {
    const accepted = (await store.portfolioSync.find(cro.domain))?.acceptedVersion;
    return store.connections.registration(today(cro), accepted ?? 0);
  }

  async function ask(cro: Cro, to: ToCro, draft: SendInput['draft']): Promise<Asked> {
    const delivery = await outgoing.send({
      step: to.step,
      to: { domain: cro.domain, role: 'CRO' },
      version: cro.version,
      conversationId: to.conversationId,
      draft,
    });
    const { replyWithin } = cro.delivery;
    const patience = Temporal.Duration.from(replyWithin).total('milliseconds');
    return { ...delivery, answerBy: new Date(clock.now().getTime() + patience).toISOString() };
  }

  return {
    async portfolioStanding({ cro: domain }) {
      const cro = croCalled(domain);
      const version = await store.connections.version();
      const accepted = (await store.portfolioSync.find(domain))?.acceptedVersion;
      return { version, dirty: version !== (accepted ?? 0), entries: (await entriesFor(cro)).length };
    },

    async sendPortfolioUpdate(input) {
      const cro = croCalled(input.cro);
      // Always the complete list: correct whether the registry reads an update as a whole or as a change.
      const draft: Content<'AGRPortfolioUpdate'> = {
        type: 'AGRPortfolioUpdate',
        TimeZone: cro.timeZone,
        Connection: (await entriesFor(cro)).map(registered),
      };
      const asked = await ask(cro, input, draft);
      await watchSize(input);
      return asked;
    },

    async sendPortfolioQuery({ period, ...input }) {
      const cro = croCalled(input.cro);
      const draft: Content<'AGRPortfolioQuery'> = {
        type: 'AGRPortfolioQuery',
        TimeZone: cro.timeZone,
        Period: period ?? addDays(today(cro), 1),
      };
      return ask(cro, input, draft);
    },

    async recordSync({ cro, stage, facts = {}, acceptedVersion }) {
      const since = instant(clock);
      const standing = { cro, stage, since, facts };
      await store.portfolioSync.record({
        ...standing,
        ...(acceptedVersion !== undefined && { acceptedVersion }),
      });
      const source = sourceOf(cro);
      if (stage === 'synced' || stage === 'empty') await store.alerts.resolve(source, 'sync', since);
      if (stage !== 'stopped') return;
      const text = `The portfolio could not be synchronised with ${cro}: ${String(facts['reason'])}.`;
      log.error({ cro, ...facts }, 'portfolio sync stopped');
      await store.alerts.raise({ source, key: 'sync', severity: 'critical', text, raisedAt: since });
    },
  };

  /** UFTP says nothing about how large a message may be: a peer that refuses a larger one says so by HTTP alone. */
  async function watchSize({ cro, step }: ToCro): Promise<void> {
    const { workflowId } = Context.current().info.workflowExecution!;
    const bytes = (await store.outbox.findByKey({ workflowId, step }))?.body.length ?? 0;
    const { warnMessageBytes } = config.portfolio;
    const source = sourceOf(cro);
    if (bytes <= warnMessageBytes) return store.alerts.resolve(source, 'message-size', instant(clock));
    const text = `The portfolio update for ${cro} is a message of ${bytes} bytes; more than ${warnMessageBytes} may not be taken.`;
    log.warn({ cro, bytes, warnMessageBytes }, 'a portfolio update is large');
    await store.alerts.raise({
      ...{ source, key: 'message-size', severity: 'warning', text },
      raisedAt: instant(clock),
    });
  }
}

/** Under which name alerts about a CRO are raised. */
export const sourceOf = (cro: string): string => `portfolio-sync/${cro}`;

/**
 * A connection as a registry is told it. Days that never come about (what was withdrawn before it began) are told as
 * one day that is over: a first day after the last would be refused by its own absurdity.
 */
function registered({ connection, startPeriod, endPeriod }: RepresentedConnection) {
  const begins = endPeriod !== undefined && endPeriod < startPeriod ? endPeriod : startPeriod;
  return {
    EntityAddress: connection,
    StartPeriod: begins,
    ...(endPeriod !== undefined && { EndPeriod: endPeriod }),
  };
}
