import {
  allHandlersFinished,
  condition,
  continueAsNew,
  defineQuery,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import {
  type FlexRequestEffect,
  type FlexRequestEvent,
  type FlexRequestState,
  initialState,
  isOver,
  nextDeadline,
  reduce,
} from '../market/flex-request/index.ts';
import type { MessageType } from '../uftp/index.ts';
import { acceptCommands } from './commands.ts';
import { carryOut, carryOutAtOnce, type Lengthy } from './effects.ts';
import { Mailbox, notBefore, now, type Start } from './entity.ts';
import { eventOf } from './events.ts';
import { recordWith } from './record.ts';
import { SEARCH } from './search-attributes.ts';

/** Where the conversation stands at this moment, down to what is on its way: for Temporal's own UI, and for tests. */
export const stateNow = defineQuery<FlexRequestState>('state');

/** Temporal takes 2,000 updates in one run; a run that took this many hands over to the next. */
const UPDATES_PER_RUN = 1_000;

/** What a run hands to the next: everything known, and what is under way. */
export interface Resumed {
  readonly resumed?: { readonly state: FlexRequestState; readonly pending: readonly Lengthy[] };
}

/**
 * A conversation with a DSO: feeds what happens to the reducer, carries out what it says, and records where things
 * stand. Everything is decided in `market`.
 */
export async function converse(
  { startedAt, resumed }: Start & Resumed,
  messages: readonly MessageType[],
  first?: FlexRequestEvent,
): Promise<FlexRequestState['phase']> {
  const mailbox = new Mailbox<FlexRequestEvent>();
  const pending = new Set<Lengthy>();
  let state = resumed?.state ?? initialState;

  mailbox.acceptMessages(messages, (inbound) =>
    state.seen.includes(inbound.messageId.toLowerCase()) ? undefined : eventOf(inbound),
  );
  mailbox.acceptTold((told) => told as FlexRequestEvent);
  setHandler(stateNow, () => state);
  const commands = acceptCommands(mailbox, () => state);
  const begin = (effect: Lengthy): void => {
    pending.add(effect);
    const done = carryOut(effect).then((event) => {
      // In one breath: what is neither under way nor in line would be lost where a run hands over in between.
      pending.delete(effect);
      if (event) mailbox.put(event);
      return undefined;
    });
    mailbox.run(done);
  };
  await notBefore(startedAt);

  if (first && !resumed) mailbox.put(first);
  for (const effect of resumed?.pending ?? []) begin(effect);

  // An operator may wait for what only this loop can say: the run goes on until nobody does.
  const mayHandOver = (): boolean =>
    (workflowInfo().continueAsNewSuggested || mailbox.updates >= UPDATES_PER_RUN) && allHandlersFinished();
  while (!isOver(state) || !mailbox.isEmpty) {
    const next = await mailbox.next(nextDeadline(state), mayHandOver);
    if (!next && mayHandOver() && mailbox.isEmpty) {
      await continueAsNew<(start: Start & Resumed) => Promise<unknown>>({
        startedAt,
        resumed: { state, pending: [...pending] },
      });
    }
    const before = state;
    const batch: Lengthy[] = [];
    let event: FlexRequestEvent | undefined = next ?? { type: 'clock' };
    // Everything that waits is taken in before it is recorded: one write for all of it.
    for (; event; event = mailbox.isEmpty ? undefined : await mailbox.next()) {
      const step = reduce(state, event, now());
      state = step.state;
      for (const effect of step.effects) {
        if (effect.kind === 'answer') commands.answer(effect.command, effect.outcome);
        const ended = await carryOutAtOnce(effect);
        if (ended) mailbox.put(ended);
        else if (isLengthy(effect)) batch.push(effect);
      }
    }
    // A request's conversation is started as an open one.
    const opened = state.phase === 'Open' && state.request !== undefined;
    if (state.phase !== before.phase && !opened) {
      upsertSearchAttributes([{ key: SEARCH.phase, value: state.phase }]);
    }
    await recordWith(before, state, batch, begin);
    setCurrentDetails(describe(state));
  }
  await condition(allHandlersFinished);
  return state.phase;
}

const isLengthy = (effect: FlexRequestEffect): effect is Lengthy =>
  effect.kind !== 'book' && effect.kind !== 'measure' && effect.kind !== 'answer';

/** What Temporal's own UI shows of a conversation. */
function describe({ phase, frame, request, offers, orders, alerts, reason }: FlexRequestState): string {
  const standing = alerts.filter(({ resolved }) => !resolved);
  return [
    `**${phase}**${reason ? `: ${reason}` : ''}`,
    frame && `${frame.dso}, ${frame.Period}, ${frame.CongestionPoint}${request ? '' : ', unsolicited'}`,
    ...offers.map(({ step, status, reason }) => `${step}: ${status}${reason ? ` (${reason})` : ''}`),
    ...orders.map(
      ({ order, status, dispatch }) =>
        `Order ${order.OrderReference} for ${order.Price} ${order.Currency}: ${status}` +
        (dispatch ? `, dispatch ${dispatch.toLowerCase()}` : ''),
    ),
    ...standing.map(({ severity, text }) => `**${severity}**: ${text}`),
  ]
    .filter(Boolean)
    .join('\n\n');
}
