import { expect } from 'vitest';
import { judgedAt } from '../../../api/relay/message.ts';
import { messageIdOf } from '../workflows.ts';
import {
  asked,
  DAY_BEFORE,
  HOUR,
  ISP,
  later,
  MINUTE,
  offer,
  offered,
  option,
  type Path,
  proposal,
} from './talk.ts';

const EXPIRY = later(DAY_BEFORE, 2 * HOUR);
/** As it is configured where nothing else is. */
const CLOCK_TOLERANCE_MS = 5_000;

export const OFFER_PATHS: readonly Path[] = [
  {
    name: 'several-offers',
    about: 'a second offer is added while the request is open, and each is ordered once',
    async play(on) {
      const second = offer({ OfferOption: [option({ Price: '7.00', ISP: [{ ...ISP[0]!, Power: -1000 }] })] });
      const talk = await offered(on, { decisions: [offer(), second] });
      expect(await talk.command({ kind: 'offer', proposal })).toMatchObject({ done: true });
      expect(talk.decided[1]!.offered).toHaveLength(1);
      await talk.offerIs('Sent', 1);
      await talk.answerOffer({}, 'FlexOffer/2');
      await talk.order(
        { OrderReference: 'O-2', Price: '7.00', ISP: [{ ...ISP[0]!, Power: -1000 }] },
        { refersTo: 'FlexOffer/2' },
      );
      await talk.order();
      await talk.state(({ orders, sending }) => orders.length === 2 && sending.length === 0);
      await talk.settled('O-1');
      expect(
        (await talk.state(({ orders }) => orders.some(({ status }) => status === 'Settled'))).phase,
      ).toBe('Ordered');
      await talk.settled('O-2', 'Disputed', 'ISP 69: 900 W is not 1000 W');
      expect(await talk.ended()).toBe('Disputed');
      return talk;
    },
  },
  {
    name: 'mutually-exclusive-options',
    about: 'of several options the DSO orders one, and the others are void',
    async play(on) {
      const B = option({ OptionReference: 'B', Price: '4.00', ISP: [{ ...ISP[0]!, Power: -2000 }] });
      const talk = await offered(on, { decisions: [offer({ OfferOption: [option(), B] })] });
      await talk.order({ OptionReference: 'B', Price: '4.00', ISP: B.ISP });
      await talk.quiet('Ordered');
      await talk.order({ OrderReference: 'O-2' });
      await talk.answered(4);
      expect(talk.draftsOf('FlexOrderResponse')).toMatchObject([
        { Result: 'Accepted' },
        { Result: 'Rejected', RejectionReason: 'FlexOffer already ordered' },
      ]);
      await talk.settled('O-1');
      expect(await talk.ended()).toBe('Settled');
      return talk;
    },
  },
  {
    name: 'offer-corrected',
    about: 'an offer that the DSO refuses is corrected: a new one, under a MessageID of its own',
    async play(on) {
      const talk = await asked(on, {
        decisions: [offer({ OfferOption: [option(), option({ OptionReference: 'B' })] }), offer()],
      });
      await talk.offerIs('Sent');
      await talk.answerOffer({ Result: 'Rejected', RejectionReason: 'No MutEx offer support' });
      await talk.offerIs('Sent', 1);
      expect(talk.decided[1]).toMatchObject({
        why: 'refused',
        refusal: 'No MutEx offer support',
        offered: [],
      });
      await talk.order();
      await talk.answerOffer({}, 'FlexOffer/2');
      await talk.order({}, { refersTo: 'FlexOffer/2' });
      await talk.quiet('Ordered');
      const [refused, accepted] = talk.draftsOf('FlexOrderResponse');
      expect(refused).toMatchObject({
        Result: 'Rejected',
        RejectionReason: expect.stringContaining('rejected'),
      });
      expect(accepted).toMatchObject({ Result: 'Accepted' });
      await talk.settled('O-1');
      expect(await talk.ended()).toBe('Settled');
      return talk;
    },
  },
  {
    name: 'no-reply',
    about: 'the DSO does not answer an offer: the same bytes once more, then the operator',
    async play(on) {
      let tries = 0;
      const talk = await asked(on, {
        deliver({ step }) {
          if (step !== 'FlexOffer/1') return { messageId: messageIdOf(step), outcome: 'delivered' };
          tries += 1;
          return {
            messageId: messageIdOf(step),
            outcome: 'delivered',
            replyBy: later(DAY_BEFORE, tries * 30 * MINUTE),
          };
        },
      });
      await talk.offerIs('Sent');
      await talk.moveBy(31 * MINUTE);
      await talk.state(({ offers, sending }) => !!offers[0]?.awaited?.askedAgain && sending.length === 0);
      expect(talk.sentAgain).toEqual(['FlexOffer/1']);
      await talk.moveBy(30 * MINUTE);
      const { alerts } = await talk.state(({ alerts }) => alerts.length > 0);
      expect(alerts).toMatchObject([{ key: 'reply/FlexOffer/1', severity: 'critical' }]);
      await talk.answerOffer();
      const answered = await talk.offerIs('Open');
      expect(answered.alerts).toMatchObject([{ key: 'reply/FlexOffer/1', resolved: true }]);
      await talk.moveBy(4 * HOUR);
      expect(await talk.ended()).toBe('Lapsed');
      return talk;
    },
  },
  {
    name: 'offer-expired',
    about: 'an offer that nobody orders expires; an order one instant too late is refused',
    async play(on) {
      const talk = await offered(on);
      await talk.order({}, { receivedAt: EXPIRY });
      await talk.answered(3);
      expect(talk.draftsOf('FlexOrderResponse')).toMatchObject([
        { Result: 'Rejected', RejectionReason: 'Reference message expired' },
      ]);
      await talk.moveBy(4 * HOUR + 6 * MINUTE);
      expect(await talk.ended()).toBe('Lapsed');
      expect(talk.recorded()).toMatchObject({
        reason: 'No offer was ordered',
        offers: [{ status: 'Expired' }],
      });
      return talk;
    },
  },
  {
    name: 'order-handed-over-late',
    about: 'an order received one instant before the expiry is accepted, although the worker was late',
    async play(on) {
      const talk = await offered(on);
      await talk.moveBy(2 * HOUR + 3 * MINUTE);
      await talk.order({}, { receivedAt: later(EXPIRY, -1) });
      await talk.quiet('Ordered');
      expect(talk.draftsOf('FlexOrderResponse')).toMatchObject([{ Result: 'Accepted' }]);
      await talk.settled('O-1');
      expect(await talk.ended()).toBe('Settled');
      return talk;
    },
  },
  {
    name: 'clocks-differ',
    about: 'an order stamped before the expiry is in time within the tolerance of clocks, and not beyond it',
    async play(on) {
      const talk = await offered(on);
      const orderAfter = (ms: number, OrderReference: string) =>
        talk.order(
          { OrderReference },
          { receivedAt: judgedAt(later(EXPIRY, ms), later(EXPIRY, -1), CLOCK_TOLERANCE_MS) },
        );
      await orderAfter(CLOCK_TOLERANCE_MS, 'O-1');
      await talk.answered(3);
      await orderAfter(CLOCK_TOLERANCE_MS - 1, 'O-2');
      await talk.quiet('Ordered');
      expect(talk.draftsOf('FlexOrderResponse')).toMatchObject([
        { Result: 'Rejected', RejectionReason: 'Reference message expired' },
        { Result: 'Accepted' },
      ]);
      await talk.settled('O-2');
      expect(await talk.ended()).toBe('Settled');
      return talk;
    },
  },
  {
    name: 'redispatched-by-dso',
    about: 'the CRO signalled that the DSO rebalances: the offer keeps it, for the plan of its order',
    async play(on) {
      const talk = await offered(on, { decisions: [{ ...offer(), redispatchBy: 'DSO' }] });
      await talk.order();
      await talk.quiet('Ordered');
      expect(talk.recorded()).toMatchObject({ offers: [{ redispatchBy: 'DSO' }] });
      await talk.settled('O-1');
      expect(await talk.ended()).toBe('Settled');
      return talk;
    },
  },
  {
    name: 'offer-undeliverable',
    about: 'an offer that cannot be delivered is known to the operator, and may have arrived all the same',
    async play(on) {
      const talk = await asked(on, {
        deliver: ({ step }) =>
          step === 'FlexOffer/1'
            ? { messageId: messageIdOf(step), outcome: 'expired', reason: 'no answer' }
            : { messageId: messageIdOf(step), outcome: 'delivered' },
      });
      const { alerts } = await talk.offerIs('Undelivered');
      expect(alerts).toMatchObject([{ key: 'delivery/FlexOffer/1' }]);
      await talk.order();
      await talk.quiet('Ordered');
      await talk.settled('O-1');
      expect(await talk.ended()).toBe('Settled');
      return talk;
    },
  },
];
