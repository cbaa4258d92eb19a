import { expect } from 'vitest';
import { deferred } from '../../../services/wait.ts';
import { messageIdOf } from '../workflows.ts';
import {
  asked,
  FIRST_ISP,
  HOUR,
  ISP,
  later,
  MINUTE,
  offer,
  offered,
  option,
  type Path,
  proposal,
  type Talk,
} from './talk.ts';

const idOf = (n: number): string => `bbbbbbbb-0000-4000-8000-${String(n).padStart(12, '0')}`;

const wrongOrder = (talk: Talk, n: number) =>
  talk.order({ OrderReference: `O-${n}`, Price: '1.00' }, { messageId: idOf(n) });

/** Temporal takes ten updates at once. */
const AT_ONCE = 8;

/** Orders that are refused, from a number on: each makes the history longer. */
async function orderWrongly(talk: Talk, from: number): Promise<void> {
  expect(from).toBeLessThan(1_000);
  await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => wrongOrder(talk, from + index)));
}

export const ORDER_PATHS: readonly Path[] = [
  {
    name: 'order-overtakes',
    about: 'an order overtakes the FlexOfferResponse, and the news that the offer arrived',
    async play(on) {
      const arrives = deferred<void>();
      const talk = await asked(on, {
        async deliver({ step }) {
          if (step === 'FlexOffer/1') await arrives.promise;
          return { messageId: messageIdOf(step), outcome: 'delivered' };
        },
      });
      await talk.offerIs('Sending');
      await talk.order();
      await talk.answerOffer();
      const overtaken = await talk.state(({ phase }) => phase === 'Ordered');
      expect(overtaken.sending).toContain('FlexOffer/1');
      arrives.resolve();
      await talk.quiet('Ordered');
      expect(talk.draftsOf('FlexOrderResponse')).toMatchObject([{ Result: 'Accepted' }]);
      await talk.settled('O-1');
      expect(await talk.ended()).toBe('Settled');
      return talk;
    },
  },
  {
    name: 'order-mismatch',
    about: 'an order that repeats the offer wrongly is rejected with every reason, and the offer stays open',
    async play(on) {
      const talk = await offered(on);
      await talk.order({
        Price: '9.99',
        ISP: [{ ...ISP[0]!, Power: -3999 }],
        Period: '2027-05-17',
        CongestionPoint: 'ea1.2009-01.com.example:feeder-8',
        BaselineReference: 'none was named',
      });
      const { offers } = await talk.answered(3);
      expect(offers[0]!.status).toBe('Open');
      const { RejectionReason } = talk.draftsOf('FlexOrderResponse')[0] as unknown as {
        RejectionReason: string;
      };
      expect(RejectionReason.split(';').sort()).toEqual([
        'Baseline mismatch',
        'Invalid congestion point',
        'Power mismatch',
        'Price mismatch',
        'Reference Period mismatch',
      ]);
      await talk.order();
      await talk.quiet('Ordered');
      await talk.settled('O-1');
      expect(await talk.ended()).toBe('Settled');
      return talk;
    },
  },
  {
    name: 'partial-activation',
    about: 'half of an offer is ordered: power and price scaled, within the tolerance of rounding',
    async play(on) {
      const decisions = [offer({ OfferOption: [option({ MinActivationFactor: '0.50' })] })];
      const talk = await offered(on, { decisions });
      await talk.order({ ActivationFactor: '0.40', Price: '4.00', ISP: [{ ...ISP[0]!, Power: -1600 }] });
      await talk.answered(3);
      await talk.order({ ActivationFactor: '0.50', Price: '5.00', ISP: [{ ...ISP[0]!, Power: -2000 }] });
      await talk.quiet('Ordered');
      expect(talk.draftsOf('FlexOrderResponse')).toMatchObject([
        { Result: 'Rejected', RejectionReason: 'Activation factor out of bounds' },
        { Result: 'Accepted' },
      ]);
      await talk.settled('O-1');
      expect(await talk.ended()).toBe('Settled');
      return talk;
    },
  },
  {
    name: 'order-repeated',
    about: 'a second order on an ordered offer, and one under a used OrderReference, are refused',
    async play(on) {
      let taken = true;
      const talk = await offered(on, {
        book: () => {
          taken = !taken;
          return { rejections: taken ? [] : ['OrderReference not unique'] };
        },
      });
      await talk.order();
      await talk.answered(3);
      await talk.order({ OrderReference: 'O-2' });
      await talk.quiet('Ordered');
      await talk.order({ OrderReference: 'O-3' });
      await talk.answered(5);
      expect(
        talk.draftsOf('FlexOrderResponse').map(({ Result, RejectionReason }) => RejectionReason ?? Result),
      ).toEqual(['OrderReference not unique', 'Accepted', 'FlexOffer already ordered']);
      await talk.settled('O-2');
      expect(await talk.ended()).toBe('Settled');
      return talk;
    },
  },
  {
    name: 'ordered-after-gate-closure',
    about: 'an open offer is ordered after gate closure, shortly before its ISPs: still valid',
    async play(on) {
      const expires = later(FIRST_ISP, -5 * MINUTE);
      const decisions = [offer({ ExpirationDateTime: expires })];
      const talk = await offered(on, { decisions, request: { ExpirationDateTime: expires } });
      await talk.moveTo(later(FIRST_ISP, -30 * MINUTE));
      await talk.order({}, { receivedAt: later(FIRST_ISP, -30 * MINUTE) });
      await talk.quiet('Ordered');
      expect(talk.draftsOf('FlexOrderResponse')).toMatchObject([{ Result: 'Accepted' }]);
      await talk.settled('O-1');
      expect(await talk.ended()).toBe('Settled');
      return talk;
    },
  },
  {
    name: 'flood',
    about: 'a DSO that orders without end is answered every time: the conversation goes on in a new run',
    inTwoRuns: true,
    async play(on) {
      const talk = await offered(on);
      const firstRun = await talk.runId();
      for (let n = 0; (await talk.runId()) === firstRun; n += AT_ONCE) await orderWrongly(talk, n);
      // The new run knows what the old one saw.
      await wrongOrder(talk, 0);
      await talk.order({ OrderReference: 'right' });
      await talk.quiet('Ordered');
      const answers = talk.draftsOf('FlexOrderResponse');
      expect(answers.filter(({ FlexOrderMessageID }) => FlexOrderMessageID === idOf(0))).toHaveLength(1);
      expect(new Set(answers.map(({ FlexOrderMessageID }) => FlexOrderMessageID)).size).toBe(answers.length);
      await talk.settled('right');
      expect(await talk.ended()).toBe('Settled');
      return talk;
    },
  },
  {
    name: 'flood-while-operator-waits',
    about:
      'it grows too long while an operator waits for an offer: who waits is answered, then a new run begins',
    inTwoRuns: true,
    async play(on) {
      const decided = deferred<void>();
      const talk = await offered(on, {
        decisions: [offer(), offer()],
        slowly: async ({ why }) => (why === 'operator' ? decided.promise : undefined),
      });
      const firstRun = await talk.runId();
      const commanded = talk.command({ kind: 'offer', proposal });
      await talk.state(({ deciding }) => deciding.length === 1);
      for (let n = 0; !(await talk.isLong()); n += AT_ONCE) await orderWrongly(talk, n);
      await talk.state(({ sending }) => sending.length === 0);
      expect(await talk.runId()).toBe(firstRun);
      decided.resolve();
      expect(await commanded).toEqual({ done: true, text: 'FlexOffer/2 is on its way.' });
      await talk.offerIs('Sent', 1);
      expect(await talk.runId()).not.toBe(firstRun);
      await talk.moveBy(4 * HOUR + 6 * MINUTE);
      expect(await talk.ended()).toBe('Lapsed');
      return talk;
    },
  },
];
