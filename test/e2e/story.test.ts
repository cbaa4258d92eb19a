import { describe, expect, test } from 'vitest';
import { playStandardStory } from '../../rehearsal/story.ts';
import { testRehearsal } from '../support/rehearsal.ts';

describe.each(['3.1.0', '3.0.0'] as const)('the standard story in %s', (version) => {
  const market = testRehearsal({ version });

  test('goes from request to money, all in that version', async () => {
    const told: string[] = [];
    const report = await playStandardStory(market.on, (line) => told.push(line));
    expect(told.length).toBeGreaterThan(10);
    expect(report.conversation.state).toBe('Settled');
    expect(report.timeline.map(({ direction, type, result }) => [direction, type, result])).toEqual([
      ['in', 'FlexRequest', 'Accepted'],
      ['out', 'FlexRequestResponse', 'Accepted'],
      ['out', 'FlexOffer', 'Accepted'],
      ['in', 'FlexOfferResponse', undefined],
      ['in', 'FlexOrder', 'Accepted'],
      ['out', 'FlexOrderResponse', 'Accepted'],
      ['in', 'FlexReservationUpdate', 'Accepted'],
      ['out', 'FlexReservationUpdateResponse', 'Accepted'],
      ['in', 'FlexSettlement', 'Rejected'],
      ['out', 'FlexSettlementResponse', 'Rejected'],
      ['in', 'FlexSettlement', 'Accepted'],
      ['out', 'FlexSettlementResponse', 'Accepted'],
    ]);
    const accepted = report.settlementItems.filter(({ disposition }) => disposition === 'Accepted');
    expect(accepted).toHaveLength(1);

    const messages = await market.on.dso.messages();
    expect(new Set(messages.map(({ message }) => message.Version))).toEqual(new Set([version]));
    const posts = await market.on.dso.posts();
    expect(posts.filter(({ status }) => status !== 200)).toEqual([]);
  });
});
