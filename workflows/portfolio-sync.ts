import { allHandlersFinished, condition, setCurrentDetails, uuid4, workflowInfo } from '@temporalio/workflow';
import { keepPortfolioView, sendPortfolioQuery, sendPortfolioUpdate } from './activities.ts';
import type { PortfolioSummary } from '../activities/contract.ts';
import { Mailbox } from './entity.ts';
import type { Inbound } from './inbound.ts';

/** How one synchronisation with a CRO ended. */
export type SyncOutcome =
  | { readonly kind: 'synced'; readonly view: PortfolioSummary }
  | { readonly kind: 'stopped'; readonly at: string; readonly reason: string };

/** How long a CRO may take to answer before the operator is to look. */
const REPLY_DEADLINE_MS = 60 * 60_000;

/** Registers the portfolio with one CRO, then asks on which congestion points it is, and keeps the answer. */
export async function portfolioSync({ cro }: { cro: string }): Promise<SyncOutcome> {
  const mailbox = new Mailbox<Inbound>();
  const answers = ['AGRPortfolioUpdateResponse', 'AGRPortfolioQueryResponse'] as const;
  mailbox.acceptMessages(answers, (inbound) => inbound);
  const { runId } = workflowInfo();
  const conversationId = uuid4();

  // Never two updates in flight: the message has no revision, so the CRO could not tell which is newer.
  const updateStep = `AGRPortfolioUpdate/${runId}`;
  const update = await sendPortfolioUpdate({ cro, step: updateStep, conversationId });
  const updated = update.outcome === 'delivered' ? await answerTo(mailbox, updateStep) : undefined;
  const updateFault = fault(update, updated);
  if (updateFault) return stopped(answers[0], updateFault);

  const queryStep = `AGRPortfolioQuery/${runId}`;
  const query = await sendPortfolioQuery({ cro, step: queryStep, conversationId });
  const answered = query.outcome === 'delivered' ? await answerTo(mailbox, queryStep) : undefined;
  const queryFault = fault(query, answered);
  if (queryFault) return stopped(answers[1], queryFault);

  const view = await keepPortfolioView({ inboxId: answered!.inboxId });
  setCurrentDetails(`Synced for ${view.period}: ${view.congestionPoints} congestion points`);
  await condition(allHandlersFinished);
  return { kind: 'synced', view };
}

/** The answer to what was sent under this step; a late one to an earlier synchronisation is none. */
async function answerTo(mailbox: Mailbox<Inbound>, step: string): Promise<Inbound | undefined> {
  const deadline = new Date(Date.now() + REPLY_DEADLINE_MS).toISOString();
  for (;;) {
    const inbound = await mailbox.next(deadline);
    if (inbound === undefined || inbound.refersTo === step) return inbound;
  }
}

function fault(
  delivery: { outcome: string; reason?: string },
  answer: Inbound | undefined,
): string | undefined {
  if (delivery.outcome !== 'delivered') return delivery.reason ?? delivery.outcome;
  if (!answer) return 'no answer within the deadline';
  const { Result, RejectionReason } = answer.content as { Result: string; RejectionReason?: string };
  return Result === 'Accepted' ? undefined : (RejectionReason ?? 'rejected without a reason');
}

async function stopped(at: string, reason: string): Promise<SyncOutcome> {
  setCurrentDetails(`Stopped at ${at}: ${reason}`);
  await condition(allHandlersFinished);
  return { kind: 'stopped', at, reason };
}
