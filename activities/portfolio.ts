import { ApplicationFailure } from '@temporalio/activity';
import { addDays, type MessageDraft, type MessageType, periodOf } from '../uftp/index.ts';
import { instant } from '../base/clock.ts';
import type { Cro } from '../config/index.ts';
import type { Activities, SendInput } from './contract.ts';
import type { Dependencies } from './dependencies.ts';
import type { Outgoing } from './outgoing.ts';
import { readInbox } from './read-inbox.ts';

type PortfolioActivities = Pick<
  Activities,
  'sendPortfolioUpdate' | 'sendPortfolioQuery' | 'keepPortfolioView'
>;
type Content<T extends MessageType> = Omit<
  MessageDraft<T>,
  'Version' | 'SenderDomain' | 'RecipientDomain' | 'TimeStamp' | 'MessageID' | 'ConversationID'
>;

/** Activities of the synchronisation with a CRO. */
export function portfolioActivities(deps: Dependencies, outgoing: Outgoing): PortfolioActivities {
  const { config, store, clock } = deps;

  function croCalled(domain: string): Cro {
    const cro = config.participant(domain, 'CRO');
    if (cro) return cro;
    throw ApplicationFailure.nonRetryable(
      `There is no CRO ${domain} in the configuration.`,
      'activities.participant-missing',
    );
  }

  const toCRO = (cro: Cro, step: string, conversationId: string): Omit<SendInput, 'draft'> => ({
    step,
    to: { domain: cro.domain, role: 'CRO' },
    version: cro.version,
    conversationId,
  });

  return {
    async sendPortfolioUpdate({ cro: domain, step, conversationId }) {
      const cro = croCalled(domain);
      // Always the complete list: correct whether the registry reads an update as a whole or as a change.
      const draft: Content<'AGRPortfolioUpdate'> = {
        type: 'AGRPortfolioUpdate',
        TimeZone: cro.timeZone,
        Connection: config.portfolio.connections.map(({ id, from, to }) => ({
          EntityAddress: id,
          StartPeriod: from,
          ...(to !== undefined && { EndPeriod: to }),
        })),
      };
      return outgoing.send({ ...toCRO(cro, step, conversationId), draft });
    },

    async sendPortfolioQuery({ cro: domain, step, conversationId }) {
      const cro = croCalled(domain);
      const period = addDays(periodOf(instant(clock), cro.timeZone), 1);
      const draft: Content<'AGRPortfolioQuery'> = {
        type: 'AGRPortfolioQuery',
        TimeZone: cro.timeZone,
        Period: period,
      };
      return { ...(await outgoing.send({ ...toCRO(cro, step, conversationId), draft })), period };
    },

    async keepPortfolioView({ inboxId }) {
      const { row, message } = await readInbox(store, inboxId, 'AGRPortfolioQueryResponse');
      const congestionPoints = message.DSOView.flatMap((view) =>
        view.DSOPortfolio.flatMap((portfolio) =>
          portfolio.CongestionPoint.map((point) => ({
            dso: portfolio.DSODomain,
            congestionPoint: point.EntityAddress,
            mutexOffersSupported: point.MutexOffersSupported,
            dayAheadRedispatchBy: point.DayAheadRedispatchBy,
            ...(point.IntradayRedispatchBy !== undefined && {
              intradayRedispatchBy: point.IntradayRedispatchBy,
            }),
            connections: point.Connection.map(({ EntityAddress }) => EntityAddress),
          })),
        ),
      );
      const unallocated = message.DSOView.flatMap((view) =>
        view.Connection.map(({ EntityAddress }) => EntityAddress),
      );
      await store.portfolio.saveView({
        cro: row.senderDomain,
        period: message.Period,
        messageId: row.messageId,
        receivedAt: row.receivedAt,
        result: message.Result,
        ...(message.RejectionReason !== undefined && { reason: message.RejectionReason }),
        congestionPoints,
        connections: unallocated,
      });
      return {
        period: message.Period,
        congestionPoints: congestionPoints.length,
        connections: congestionPoints.reduce((sum, { connections }) => sum + connections.length, 0),
        unallocated: unallocated.length,
      };
    },
  };
}
