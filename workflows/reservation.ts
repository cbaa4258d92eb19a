import {
  allHandlersFinished,
  condition,
  continueAsNew,
  patched,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import { periodEnd } from '../uftp/calendar/index.ts';
import { announceReservation, applyReservation, send } from './activities.ts';
import { Mailbox, notBefore, type Start } from './entity.ts';
import type { Inbound } from './inbound.ts';

/** Updates that one run hands to the next: one may hold a whole day, and Temporal takes two megabytes. */
const HANDED_OVER = 50;

/** Messages that the next run knows again: as many as Temporal lets into two runs. */
const REMEMBERED = 4_000;

/** What the updates of a day begin with; `resumed` is what an earlier run hands over. */
export type ReservationStart = Start & {
  readonly resumed?: {
    readonly seen: readonly string[];
    readonly until: string;
    readonly waiting: readonly Inbound<'FlexReservationUpdate'>[];
  };
};

/** What a DSO keeps reserved under one contract on one day. Ends when that day is over. */
export async function reservation(start: ReservationStart): Promise<void> {
  const mailbox = new Mailbox<Inbound<'FlexReservationUpdate'>>();
  const seen = new Set<string>(start.resumed?.seen);
  mailbox.acceptMessages(['FlexReservationUpdate'], (inbound) => {
    if (seen.has(inbound.messageId)) return undefined;
    seen.add(inbound.messageId);
    return inbound as Inbound<'FlexReservationUpdate'>;
  });
  await notBefore(start.startedAt);

  for (const inbound of start.resumed?.waiting ?? []) mailbox.put(inbound);
  let until = start.resumed?.until;
  for (;;) {
    const inbound = await mailbox.next(until);
    if (!inbound) break;
    until ??= periodEnd(inbound.content.Period, inbound.content.TimeZone);
    await take(inbound);
    if (mailbox.waiting > HANDED_OVER || !isLong()) continue;
    await condition(allHandlersFinished);
    await continueAsNew<typeof reservation>({
      ...start,
      resumed: { seen: [...seen].slice(-REMEMBERED), until, waiting: mailbox.drain() },
    });
  }
  await condition(allHandlersFinished);
}

/** Whether what is to come is for the next run. Runs from before know no next one. */
const isLong = (): boolean => workflowInfo().continueAsNewSuggested && patched('reservation-in-several-runs');

async function take(inbound: Inbound<'FlexReservationUpdate'>): Promise<void> {
  const { content, sender } = inbound;
  const rejections = inbound.rejections.length
    ? inbound.rejections
    : await applyReservation({ inboxId: inbound.inboxId, judgedAt: inbound.receivedAt });
  const accepted = rejections.length === 0;
  setCurrentDetails(
    `Reservation update ${content.Reference}: ${accepted ? 'accepted' : rejections.join('; ')}`,
  );
  await send({
    step: `FlexReservationUpdateResponse/${inbound.messageId.toLowerCase()}`,
    to: { domain: sender.domain, role: 'DSO' },
    version: inbound.version,
    conversationId: inbound.conversationId,
    answers: inbound.inboxId,
    draft: {
      type: 'FlexReservationUpdateResponse',
      FlexReservationUpdateMessageID: inbound.messageId,
      Result: accepted ? 'Accepted' : 'Rejected',
      ...(!accepted && { RejectionReason: rejections.join(';') }),
    },
  });
  if (accepted) {
    const { ContractID, CongestionPoint, Period } = content;
    await announceReservation({ contractId: ContractID, congestionPoint: CongestionPoint, period: Period });
  }
}
