import { describe, expect, test } from 'vitest';
import { until } from '../../rehearsal/rehearsal.ts';
import { playStandardStory } from '../../rehearsal/story.ts';
import type { MessageEntry } from '../../simulator/index.ts';
import { testRehearsal } from '../support/rehearsal.ts';

/** What Flexor sends the DSO in the standard story, and how often each is to be one and the same message. */
const ANSWERS = {
  FlexRequestResponse: 1,
  FlexOrderResponse: 1,
  FlexReservationUpdateResponse: 1,
  // One for the settlement that comes too early, one for the settlement.
  FlexSettlementResponse: 2,
};
const OFFERS = { FlexOffer: 1 };

describe.each([
  ['one after the other', false],
  ['both at once', true],
])('every message posted twice, %s', (_how, together) => {
  const market = testRehearsal();

  test('is one conversation, one offer, one answer: the stored one, byte for byte', async () => {
    const { dso, cro, temporal } = market.on;
    await dso.faults({ repeat: { together } });
    await cro.faults({ repeat: { together } });
    const report = await playStandardStory(market.on, () => {});
    expect(report.conversation.state).toBe('Settled');

    // Each answer went out again for the message that came again.
    const answers = async () => (await receivedByMessage(dso)).filter(([type]) => type in ANSWERS);
    await until(
      async () => (await answers()).every(([, entries]) => entries.length >= 2) || undefined,
      'every answer to be repeated',
    ).catch(async () => {
      const once = (await answers()).filter(([, entries]) => entries.length < 2);
      expect(once.map(([type]) => type)).toEqual([]);
    });
    const received = await answers();
    for (const [, entries] of received) expect(new Set(entries.map(({ wire }) => wire)).size).toBe(1);
    expect(counts(await receivedByMessage(dso))).toEqual({ ...ANSWERS, ...OFFERS });

    const sent = (await dso.messages()).filter(({ direction }) => direction === 'sent');
    expect(sent.length).toBeGreaterThan(5);
    const conversations = await temporal.workflow.count('WorkflowType = "flexRequest"');
    expect(conversations.count).toBe(1);
    const settlements = await temporal.workflow.count('WorkflowType = "settlement"');
    expect(settlements.count).toBe(2);
    expect(report.timeline.filter(({ type }) => type === 'FlexOrder')).toHaveLength(1);
    // One of the settlement that came too early, one of the settlement.
    expect(report.settlementItems).toHaveLength(2);
  });
});

type Source = { messages(): Promise<MessageEntry[]> };

/** What was received, one entry for each MessageID: its type and its deliveries. */
async function receivedByMessage(source: Source): Promise<(readonly [string, MessageEntry[]])[]> {
  const received = (await source.messages()).filter(({ direction }) => direction === 'received');
  const byId = new Map<string, MessageEntry[]>();
  for (const entry of received) {
    const { MessageID } = entry.message;
    byId.set(MessageID, [...(byId.get(MessageID) ?? []), entry]);
  }
  return [...byId.values()].map((entries) => [entries[0]!.message.type, entries] as const);
}

function counts(byMessage: (readonly [string, unknown])[]): Record<string, number> {
  const count: Record<string, number> = {};
  for (const [type] of byMessage) count[type] = (count[type] ?? 0) + 1;
  return count;
}
