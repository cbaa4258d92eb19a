import type { Config, ContractBook } from '../../config/index.ts';
import type { Store } from '../../store/index.ts';
import { judge, type Role, type RuleName, RULES } from '../../uftp/index.ts';
import { knowledgeAbout } from './knowledge.ts';
import { beyondLimits } from './limits.ts';
import type { StoredMessage } from './message.ts';

/** The reasons to reject a stored message that can be found before any workflow sees it; none: it is valid so far. */
export type Judge = (stored: StoredMessage) => Promise<readonly string[]>;

/**
 * Broken by peers in good faith. UFTP, "ConversationID", has a reply carry that of the message it answers, but the
 * reference by MessageID says for certain what it answers: an answer set aside would leave both sides waiting.
 */
const TOLERATED: readonly RuleName[] = ['answer-in-other-conversation'];
const ENFORCED = RULES.filter(({ name }) => !TOLERATED.includes(name));

/** Judges by every enforced rule of the protocol, with what configuration and store know, at the instant of receipt. */
export function createJudge(
  config: Config,
  store: Pick<Store, 'inbox' | 'outbox' | 'orders' | 'portfolio' | 'settlements'>,
  contracts: ContractBook,
): Judge {
  return async (stored) => {
    const { row, message, judgedAt } = stored;
    const market = config.participant(row.senderDomain, 'DSO')?.market;
    const context = {
      now: judgedAt,
      ...(market && {
        market: { ISPDuration: market.ispDuration, TimeZone: market.timeZone, rounding: market.rounding },
      }),
      wrapper: { SenderDomain: row.senderDomain, SenderRole: row.senderRole as Role },
      recipientRole: config.identity.role,
      digest: row.payloadSha256,
      knowledge: knowledgeAbout(row, config, store, contracts),
    };
    const rejections = await judge(message, context, ENFORCED);
    return [...new Set([...rejections.map(({ text }) => text), ...beyondLimits(stored)])];
  };
}
