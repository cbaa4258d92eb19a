import { describe, expect, it } from 'vitest';
import type { PendingInbound } from '../../store/index.ts';
import { encode, type MessageDraft, sampleOf } from '../../uftp/index.ts';
import { readStored, toInbound } from './message.ts';

const RECEIVED = '2026-06-14T12:00:03.000Z';

/** A FlexOrder as it stands in the inbox, stamped at an instant. */
function stored(TimeStamp: string): PendingInbound {
  const order = { ...(sampleOf('FlexOrder', '3.1.0') as MessageDraft), TimeStamp } as MessageDraft;
  return {
    id: 'inbox-row',
    senderDomain: 'dso.example.com',
    senderRole: 'DSO',
    receivedAt: RECEIVED,
    payload: encode(order),
  } as unknown as PendingInbound;
}

const judgedAt = (stampedAt: string, toleranceMs?: number): string =>
  toInbound(readStored(stored(stampedAt), toleranceMs), []).receivedAt;

describe('the instant by which deadlines are judged', () => {
  it('is the receipt, where no difference of clocks is agreed', () => {
    expect(judgedAt('2026-06-14T11:59:59.000Z')).toBe(RECEIVED);
  });

  it('is the sender’s own stamp, where that is earlier by no more than was agreed', () => {
    expect(judgedAt('2026-06-14T11:59:59.000Z', 5_000)).toBe('2026-06-14T11:59:59.000Z');
  });

  it('is earlier than the receipt by what was agreed at most, however early the stamp', () => {
    expect(judgedAt('2026-06-14T08:00:00.000Z', 5_000)).toBe('2026-06-14T11:59:58.000Z');
  });

  it('is never later than the receipt: a clock that is ahead gains nothing', () => {
    expect(judgedAt('2026-06-14T12:30:00.000Z', 5_000)).toBe(RECEIVED);
  });
});
