import { allHandlersFinished, condition, setCurrentDetails } from '@temporalio/workflow';
import { periodEnd } from '../uftp/calendar/index.ts';
import { announceReservation, applyReservation, send } from './activities.ts';
import { Mailbox, notBefore, type Start } from './entity.ts';
import type { Inbound } from './inbound.ts';

/** What a DSO keeps reserved under one contract on one day. Ends when that day is over. */
export async function reservation(start: Start): Promise<void> {
  const mailbox = new Mailbox<Inbound<'FlexReservationUpdate'>>();
  const seen = new Set<string>();
  mailbox.acceptMessages(['FlexReservationUpdate'], (inbound) => {
    if (seen.has(inbound.messageId)) return undefined;
    seen.add(inbound.messageId);
    return inbound as Inbound<'FlexReservationUpdate'>;
  });
  await notBefore(start.startedAt);

  let until: string | undefined;
  for (;;) {
    const inbound = await mailbox.next(until);
    if (!inbound) break;
    until ??= periodEnd(inbound.content.Period, inbound.content.TimeZone);
    await take(inbound);
  }
  await condition(allHandlersFinished);
}

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
