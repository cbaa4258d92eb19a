import { expect } from 'vitest';
import type { Workflows, World } from '../workflows.ts';
import {
  DAY_BEFORE,
  DSO,
  frame,
  HOUR,
  MINUTE,
  offer,
  orderContent,
  type Path,
  PERIOD,
  proposal,
  talkOf,
} from './talk.ts';

/** A conversation that an operator begins with an offer, in a version of the protocol. */
async function unsolicited(on: Workflows, version: string, world: World = {}) {
  const conversation = on.converse(DAY_BEFORE, { decisions: [offer()], ...world }, 'unsolicited');
  const { conversationId } = conversation;
  await conversation.start({
    unsolicited: { by: 'ops', proposal, frame: { ...frame(), dso: DSO, conversationId, version } },
  });
  return talkOf(conversation);
}

async function direct(on: Workflows, world: World, rejections: readonly string[] = []) {
  const conversation = on.converse(DAY_BEFORE, world, 'unsolicited');
  const { OptionReference: _, ...content } = orderContent(PERIOD, { ContractID: 'C-1' }) as Record<
    string,
    unknown
  >;
  await conversation.begin('FlexOrder', { ...content, Unsolicited: true }, { rejections });
  return talkOf(conversation);
}

export const UNSOLICITED_PATHS: readonly Path[] = [
  ...['3.0.0', '3.1.0'].map((version): Path => ({
    name: `unsolicited-offer-${version}`,
    about: `an offer that nobody asked for is ordered, in UFTP ${version}`,
    async play(on) {
      const talk = await unsolicited(on, version);
      await talk.offerIs('Sent');
      const [draft] = talk.draftsOf('FlexOffer') as unknown as Record<string, unknown>[];
      expect(draft!.Unsolicited).toBe(version === '3.0.0' ? undefined : true);
      expect(draft).not.toHaveProperty('FlexRequestMessageID');
      await talk.answerOffer();
      await talk.order();
      await talk.quiet('Ordered');
      await talk.settled('O-1');
      expect(await talk.ended()).toBe('Settled');
      return talk;
    },
  })),
  {
    name: 'unsolicited-offer-impossible',
    about: 'an unsolicited offer that is more than there is ends at once, and says why',
    async play(on) {
      const talk = await unsolicited(on, '3.1.0', { decisions: [{ kind: 'noBid', reason: 'not free' }] });
      expect(await talk.ended()).toBe('Lapsed');
      expect(talk.recorded()?.reason).toBe('No offer: not free');
      expect(talk.sent).toEqual([]);
      return talk;
    },
  },
  {
    name: 'unsolicited-offer-expired',
    about: 'an unsolicited offer that nobody orders expires',
    async play(on) {
      const talk = await unsolicited(on, '3.1.0');
      await talk.offerIs('Sent');
      await talk.answerOffer();
      await talk.moveBy(2 * HOUR + 6 * MINUTE);
      expect(await talk.ended()).toBe('Lapsed');
      return talk;
    },
  },
  {
    name: 'direct-order',
    about: 'a direct order under a contract is accepted, delivered and settled',
    async play(on) {
      const talk = await direct(on, {});
      await talk.quiet('Ordered');
      expect(talk.draftsOf('FlexOrderResponse')).toMatchObject([{ Result: 'Accepted' }]);
      // It names no baseline: where D-Prognoses are agreed on, they have to hold it.
      expect(talk.calls).toEqual(['updatePrognosis']);
      await talk.settled('O-1');
      expect(await talk.ended()).toBe('Settled');
      return talk;
    },
  },
  {
    name: 'direct-order-against-contract',
    about: 'a direct order that its contract does not allow is rejected with the reason',
    async play(on) {
      const talk = await direct(on, { book: () => ({ rejections: ['Power mismatch'] }) });
      expect(await talk.ended()).toBe('Rejected');
      expect(talk.draftsOf('FlexOrderResponse')).toMatchObject([
        { Result: 'Rejected', RejectionReason: 'Power mismatch' },
      ]);
      return talk;
    },
  },
];
