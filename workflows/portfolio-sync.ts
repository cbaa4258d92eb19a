import {
  allHandlersFinished,
  condition,
  continueAsNew,
  patched,
  setCurrentDetails,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import type { Asked, PortfolioSummary, SyncStage } from '../activities/contract.ts';
import { meansSuccess } from '../uftp/rules/wording.ts';
import { Mailbox, now } from './entity.ts';
import type { Inbound } from './inbound.ts';
import {
  comparePortfolioView,
  keepPortfolioView,
  keepViewOfNobody,
  portfolioStanding,
  recordSync,
  sendAgain,
  sendPortfolioQuery,
  sendPortfolioUpdate,
} from './portfolio-activities.ts';

/** What is asked of a synchronisation, when it starts or while it runs. */
export interface SyncAsk {
  /** Who starts it and tells it the same is heard once. */
  readonly id?: string;
  /** Send the portfolio even if the CRO accepted all of it before. */
  readonly update?: boolean;
  /** The day to ask about, `YYYY-MM-DD`; absent: tomorrow. */
  readonly period?: string;
}

/** What a synchronisation begins with; `left` is what an earlier run was asked for and did not come to. */
export interface SyncStart {
  readonly cro: string;
  readonly ask?: SyncAsk;
  readonly left?: readonly SyncAsk[];
}

/** How a synchronisation with a CRO ended. */
export type SyncOutcome =
  | { readonly kind: 'synced'; readonly view: PortfolioSummary }
  /** There is nobody to register, and so nothing to be told. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'stopped'; readonly at: string; readonly reason: string };

type Answer = Inbound<'AGRPortfolioUpdateResponse' | 'AGRPortfolioQueryResponse'>;

/** UFTP, rejection reasons of AGRPortfolioQuery: nothing is registered, or nothing any more. */
const NOTHING_REGISTERED = 'No connections available';

/** Why the operator has to look. */
class Stopped extends Error {
  readonly at: string;
  constructor(at: string, reason: string) {
    super(reason);
    this.at = at;
  }
}

/**
 * The synchronisation with one CRO: registers the portfolio where the CRO does not know it yet, asks on which
 * congestion points it is, keeps the answer, and has it compared. There is one at a time, so that there are never two
 * updates in flight: the message has no revision, and the CRO could not tell which is newer. What is asked while it
 * runs is done after what it does; where it runs for long, in a run of its own.
 */
export async function portfolioSync({ cro, ask = {}, left = [ask] }: SyncStart): Promise<SyncOutcome> {
  const mailbox = new Mailbox<Answer>();
  const asked: SyncAsk[] = [...left];
  mailbox.acceptMessages(
    ['AGRPortfolioUpdateResponse', 'AGRPortfolioQueryResponse'],
    (inbound) => inbound as Answer,
  );
  mailbox.acceptTold((told) => {
    const next = told as SyncAsk;
    if (next.id === undefined || next.id !== ask.id) asked.push(next);
    return undefined;
  });
  const exchange = exchangeWith(cro, mailbox);
  let outcome: SyncOutcome;
  do {
    const wanted = asked.splice(0);
    outcome = await synchronised(cro, exchange, wanted, (periods) =>
      asked.unshift(...periods.map((period) => ({ ...(period && { period }) }))),
    );
    await condition(allHandlersFinished);
    // Its first ask goes along: who started the first run may tell it the same only now.
    if (asked.length > 0 && isLong()) await continueAsNew<typeof portfolioSync>({ cro, ask, left: asked });
  } while (asked.length > 0);
  return outcome;
}

/** Whether what is left to do is for the next run. Runs from before know no next one. */
const isLong = (): boolean =>
  workflowInfo().continueAsNewSuggested && patched('portfolio-sync-in-several-runs');

type AskedPeriod = SyncAsk['period'];

async function synchronised(
  cro: string,
  exchange: Exchange,
  wanted: readonly SyncAsk[],
  leave: (periods: readonly AskedPeriod[]) => void,
): Promise<SyncOutcome> {
  try {
    const { dirty } = await portfolioStanding({ cro });
    const periods = [...new Set(wanted.map(({ period }) => period))];
    let empty = false;
    if (dirty || wanted.some(({ update }) => update)) empty = !(await update(cro, exchange));
    let view: PortfolioSummary | undefined;
    for (const [index, period] of empty ? [] : periods.entries()) {
      if (index > 0 && isLong()) {
        leave(periods.slice(index));
        break;
      }
      view = await viewed(cro, exchange, period);
    }
    if (!view) {
      await stage({ cro, stage: 'empty' });
      return { kind: 'empty' };
    }
    await stage({ cro, stage: 'synced', facts: { ...view } });
    return { kind: 'synced', view };
  } catch (thrown) {
    if (!(thrown instanceof Stopped)) throw thrown;
    const { at, message: reason } = thrown;
    await stage({ cro, stage: 'stopped', facts: { at, reason } });
    return { kind: 'stopped', at, reason };
  }
}

/** Registers the portfolio; false where there is nothing to register, which the message cannot say. */
async function update(cro: string, exchange: Exchange): Promise<boolean> {
  const { version, entries } = await portfolioStanding({ cro });
  if (entries === 0) return false;
  await stage({ cro, stage: 'updating', facts: { version, entries } });
  const answer = await exchange('AGRPortfolioUpdate', sendPortfolioUpdate);
  const refused = refusal(answer);
  if (refused !== undefined && !wasTaken(answer)) throw new Stopped(answer.type, refused);
  // What was sent may be newer by now than the version read before; it is never older.
  await recordSync({ cro, stage: 'updating', facts: { version, entries }, acceptedVersion: version });
  return true;
}

/** The view of a day, kept and compared; undefined where the portfolio is empty. */
async function viewed(
  cro: string,
  exchange: Exchange,
  period: string | undefined,
): Promise<PortfolioSummary | undefined> {
  for (const lastWord of [false, true]) {
    await stage({ cro, stage: 'asking', facts: { ...(period && { period }) } });
    const answer = await exchange('AGRPortfolioQuery', (to) =>
      sendPortfolioQuery({ ...to, ...(period && { period }) }),
    );
    const refused = refusal(answer);
    const nothing = refused?.includes(NOTHING_REGISTERED) === true;
    if (refused !== undefined && !nothing) throw new Stopped(answer.type, refused);
    const { inboxId } = answer;
    const view = nothing ? await viewOfNobody(inboxId) : await keepPortfolioView({ inboxId });
    if (!view && lastWord) throw new Stopped(answer.type, refused!);
    if (view) {
      await stage({ cro, stage: 'comparing', facts: { ...view } });
      const { missing } = await comparePortfolioView({ inboxId, lastWord });
      if (missing === 0 || lastWord) return view;
    }
    // What the CRO does not know is registered once more; what it then does not know, a person looks into.
    if (!(await update(cro, exchange))) return undefined;
  }
  return undefined;
}

/** Where nobody is represented on a day, a CRO that has nothing registered is right: all that it showed has vanished. */
const viewOfNobody = async (inboxId: string): Promise<PortfolioSummary | undefined> =>
  patched('portfolio-view-of-nobody') ? keepViewOfNobody({ inboxId }) : undefined;

type Exchange = (
  type: string,
  send: (to: { cro: string; step: string; conversationId: string }) => Promise<Asked>,
) => Promise<Answer>;

/** A message and its answer. Without an answer in time the same bytes go out once more, then it is a matter for people. */
function exchangeWith(cro: string, mailbox: Mailbox<Answer>): Exchange {
  const { runId } = workflowInfo();
  const conversationId = uuid4();
  let sent = 0;
  return async (type, send) => {
    sent += 1;
    const step = `${type}/${runId}/${sent}`;
    const begun = Date.parse(now());
    const delivery = await send({ cro, step, conversationId });
    if (delivery.outcome !== 'delivered') throw new Stopped(type, delivery.reason ?? delivery.outcome);
    const inTime = await answerTo(mailbox, step, delivery.answerBy);
    if (inTime) return inTime;
    const patience = Date.parse(delivery.answerBy) - begun;
    const again = await sendAgain({ step, askedAt: now() });
    if (again.outcome !== 'delivered') throw new Stopped(type, again.reason ?? again.outcome);
    const late = await answerTo(mailbox, step, new Date(Date.parse(now()) + patience).toISOString());
    if (late) return late;
    throw new Stopped(type, 'it was sent twice, and there is no answer');
  };
}

/** The answer to what was sent under this step; a late one to something earlier is none. */
async function answerTo(mailbox: Mailbox<Answer>, step: string, until: string): Promise<Answer | undefined> {
  for (;;) {
    const inbound = await mailbox.next(until);
    if (inbound === undefined || inbound.refersTo === step) return inbound;
  }
}

function refusal({ content }: Answer): string | undefined {
  const { Result, RejectionReason } = content;
  return Result === 'Accepted' ? undefined : (RejectionReason ?? 'rejected without a reason');
}

/** Whether a refusal of the same bytes means that the update was taken before. An answer to a query cannot be left out. */
const wasTaken = ({ content }: Answer): boolean =>
  meansSuccess(content) && patched('portfolio-update-already-submitted');

async function stage(standing: SyncStage): Promise<void> {
  setCurrentDetails(`${standing.stage}: ${JSON.stringify(standing.facts ?? {})}`);
  await recordSync(standing);
}
