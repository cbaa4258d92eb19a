import type { Config } from '../../config/index.ts';
import type { Store } from '../../store/index.ts';
import { judge, type Role } from '../../uftp/index.ts';
import { knowledgeAbout } from './knowledge.ts';
import type { StoredMessage } from './message.ts';

/** The reasons to reject a stored message that can be found before any workflow sees it; none: it is valid so far. */
export type Judge = (stored: StoredMessage) => Promise<readonly string[]>;

/** Judges by every rule of the protocol, with what configuration and store know, at the instant of receipt. */
export function createJudge(
  config: Config,
  store: Pick<Store, 'inbox' | 'outbox' | 'orders' | 'portfolio'>,
): Judge {
  return async ({ row, message }) => {
    const market = config.participant(row.senderDomain, 'DSO')?.market;
    const rejections = await judge(message, {
      now: row.receivedAt,
      ...(market && { market: { ISPDuration: market.ispDuration, TimeZone: market.timeZone } }),
      wrapper: { SenderDomain: row.senderDomain, SenderRole: row.senderRole as Role },
      recipientRole: config.identity.role,
      digest: row.payloadSha256,
      knowledge: knowledgeAbout(row, config, store),
    });
    return [...new Set(rejections.map(({ text }) => text))];
  };
}
