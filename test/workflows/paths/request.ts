import { expect } from 'vitest';
import { asked, DAY_BEFORE, HOUR, later, MINUTE, offer, offered, type Path, proposal } from './talk.ts';

const ASK = { kind: 'ask', until: later(DAY_BEFORE, HOUR) } as const;

export const REQUEST_PATHS: readonly Path[] = [
  {
    name: 'request-rejected',
    about: 'a request that was found wrong is rejected with every reason',
    async play(on) {
      const talk = await asked(on, { rejections: ['Unknown recipient', 'ISP conflict'] });
      expect(await talk.ended()).toBe('Rejected');
      expect(talk.draftsOf('FlexRequestResponse')).toMatchObject([
        { Result: 'Rejected', RejectionReason: 'Unknown recipient;ISP conflict' },
      ]);
      return talk;
    },
  },
  {
    name: 'no-bid',
    about: 'no offer is made, the reason is kept, and it lapses at the expiry of the request',
    async play(on) {
      const talk = await asked(on, { decisions: [{ kind: 'noBid', reason: 'nothing to move' }] });
      await talk.state(({ reason }) => reason === 'No offer: nothing to move');
      await talk.moveBy(4 * HOUR - MINUTE);
      expect((await talk.handle.describe()).status.name).toBe('RUNNING');
      await talk.moveBy(2 * MINUTE);
      expect(await talk.ended()).toBe('Lapsed');
      expect(talk.recorded()).toMatchObject({ phase: 'Lapsed', reason: 'No offer: nothing to move' });
      expect(talk.sent).toHaveLength(1);
      return talk;
    },
  },
  {
    name: 'decided-slowly',
    about: 'a strategy that takes its time is asked by an activity of its own',
    async play(on) {
      const talk = await offered(on, { slowly: async () => {} });
      await talk.moveBy(4 * HOUR + 6 * MINUTE);
      expect(await talk.ended()).toBe('Lapsed');
      expect(talk.decided).toHaveLength(1);
      return talk;
    },
  },
  {
    name: 'superseded',
    about: 'a newer Revision takes its place: its offer is revoked, and an order on it refused',
    async play(on) {
      const talk = await offered(on);
      await talk.tell({ type: 'superseded', by: 'b', Revision: 2 });
      await talk.offerIs('Revoking');
      await talk.order();
      await talk.answerRevocation();
      expect(await talk.ended()).toBe('Superseded');
      expect(talk.draftsOf('FlexOrderResponse')).toMatchObject([
        { Result: 'Rejected', RejectionReason: 'Reference message revoked' },
      ]);
      expect(talk.recorded()).toMatchObject({
        supersededBy: { Revision: 2 },
        offers: [{ status: 'Revoked' }],
      });
      return talk;
    },
  },
  {
    name: 'operator-decides',
    about: 'an offer waits for an operator, who makes it',
    async play(on) {
      const talk = await asked(on, { decisions: [ASK, offer()] });
      await talk.state(({ askedUntil, alerts }) => askedUntil === ASK.until && alerts.length === 1);
      expect(await talk.command({ kind: 'offer', proposal })).toEqual({
        done: true,
        text: 'FlexOffer/2 is on its way.',
      });
      expect(talk.decided[1]).toMatchObject({ why: 'operator', proposal });
      const { askedUntil, alerts } = await talk.offerIs('Sent');
      expect({ askedUntil, alerts }).toMatchObject({ alerts: [{ key: 'decision', resolved: true }] });
      await talk.answerOffer({}, 'FlexOffer/2');
      await talk.order({}, { refersTo: 'FlexOffer/2' });
      await talk.quiet('Ordered');
      await talk.settled('O-1');
      expect(await talk.ended()).toBe('Settled');
      return talk;
    },
  },
  {
    name: 'operator-does-not-decide',
    about: 'nobody decides in time, so that the fallback does',
    async play(on) {
      const talk = await asked(on, { decisions: [ASK, { kind: 'noBid', reason: 'nobody decided' }] });
      await talk.state(({ askedUntil }) => askedUntil !== undefined);
      await talk.moveBy(HOUR + MINUTE);
      await talk.state(({ reason }) => reason === 'No offer: nobody decided');
      expect(talk.decided[1]).toMatchObject({ why: 'deadline' });
      await talk.moveBy(4 * HOUR);
      expect(await talk.ended()).toBe('Lapsed');
      return talk;
    },
  },
  {
    name: 'operator-forbids',
    about: 'an operator decides that there is no offer, whatever the strategy says',
    async play(on) {
      const talk = await asked(on, { decisions: [ASK] });
      await talk.state(({ askedUntil }) => askedUntil !== undefined);
      expect(await talk.command({ kind: 'noBid', reason: 'maintenance' })).toMatchObject({ done: true });
      await talk.moveBy(4 * HOUR + MINUTE);
      expect(await talk.ended()).toBe('Lapsed');
      expect(talk.recorded()?.reason).toBe('No offer: maintenance (ops)');
      return talk;
    },
  },
];
