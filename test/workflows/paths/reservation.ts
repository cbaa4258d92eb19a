import { expect } from 'vitest';
import type { OfferDecision } from '../../../market/flex-request/index.ts';
import { asked, HOUR, ISP, MINUTE, offer, offered, option, type Path } from './talk.ts';

/** What the offer of the usual decision holds, and an hour that it does not hold. */
const EVENING = ISP;
const MORNING = [{ Start: 33, Duration: 4, Power: -4000 }];
const morningOffer = offer({ OfferOption: [option({ ISP: MORNING, Price: '5.00' })] });
const under = (decision: OfferDecision, reserved = EVENING): OfferDecision => ({
  ...decision,
  obligation: { reserved, firstISP: 1 },
});
const request = { ContractID: 'C-1' };

/** A FlexReservationUpdate that comes before, during and after an open request. */
export const RESERVATION_PATHS: readonly Path[] = [
  {
    name: 'reserved-before',
    about: 'what was reserved before the request is offered; a release while it is open takes nothing back',
    async play(on) {
      const talk = await offered(on, { request, decisions: [under(offer())] });
      await talk.tell({ type: 'reserved', ISP: [{ Start: 1, Duration: 96, Power: 0 }] });
      const { alerts, offers } = await talk.state(({ reserved }) => reserved?.[0]?.Duration === 96);
      expect({ alerts, offers }).toMatchObject({ alerts: [], offers: [{ status: 'Open' }] });
      await talk.order();
      await talk.quiet('Ordered');
      expect(talk.decided).toHaveLength(1);
      await talk.settled('O-1');
      expect(await talk.ended()).toBe('Settled');
      return talk;
    },
  },
  {
    name: 'reserved-while-open',
    about:
      'a reservation update obliges to more while the request is open: one more offer holds it, both are ordered',
    async play(on) {
      const reserved = [...MORNING, ...EVENING];
      const talk = await offered(on, { request, decisions: [under(offer()), under(morningOffer, reserved)] });
      await talk.tell({ type: 'reserved', ISP: reserved });
      await talk.offerIs('Sent', 1);
      expect(talk.decided[1]).toMatchObject({
        ...{ why: 'reserved', reserved },
        offered: [{ OfferOption: [{ OptionReference: 'A', ISP: EVENING }] }],
      });
      await talk.answerOffer({}, 'FlexOffer/2');
      await talk.offerIs('Open', 1);
      await talk.order();
      await talk.order({ OrderReference: 'O-2', ISP: MORNING, Price: '5.00' }, { refersTo: 'FlexOffer/2' });
      await talk.answered(5);
      expect(talk.draftsOf('FlexOrderResponse')).toMatchObject([
        { Result: 'Accepted' },
        { Result: 'Accepted' },
      ]);
      expect((await talk.state(() => true)).alerts).toEqual([]);
      await talk.settled('O-1');
      await talk.settled('O-2');
      expect(await talk.ended()).toBe('Settled');
      return talk;
    },
  },
  {
    name: 'reserved-beyond-assets',
    about: 'a reservation update obliges to what no asset can: the operator is told at once',
    async play(on) {
      const decisions = [under(offer()), under({ kind: 'noBid', reason: 'all is sold' }, MORNING)];
      const talk = await offered(on, { request, decisions });
      await talk.tell({ type: 'reserved', ISP: MORNING });
      const { alerts, reason } = await talk.state(({ alerts }) => alerts.length > 0);
      // An offer stands all the same.
      expect(reason).toBeUndefined();
      expect(alerts).toMatchObject([{ key: 'obligation', severity: 'critical' }]);
      await talk.moveBy(4 * HOUR + 6 * MINUTE);
      expect(await talk.ended()).toBe('Lapsed');
      return talk;
    },
  },
  {
    name: 'reserved-after',
    about:
      'what is reserved when the request is over counts for the next: nothing is decided, nobody is alarmed',
    async play(on) {
      const talk = await offered(on, { request, decisions: [under(offer())] });
      await talk.order();
      await talk.quiet('Ordered');
      await talk.moveBy(4 * HOUR + 6 * MINUTE);
      const { transition } = await talk.state(() => true);
      await talk.tell({ type: 'reserved', ISP: MORNING });
      const { alerts, decisions } = await talk.state((state) => state.transition > transition);
      expect({ alerts, decisions }).toEqual({ alerts: [], decisions: 1 });
      await talk.settled('O-1');
      expect(await talk.ended()).toBe('Settled');
      return talk;
    },
  },
  {
    name: 'no-intraday-trading',
    about:
      'the CRO signalled no intraday trading: no bid with that reason, and what was reserved is an alert',
    async play(on) {
      const reason = 'no intraday trading on this congestion point';
      const talk = await asked(on, { request, decisions: [under({ kind: 'noBid', reason })] });
      const { alerts } = await talk.state((state) => state.reason === `No offer: ${reason}`);
      expect(alerts).toMatchObject([{ key: 'obligation' }]);
      await talk.moveBy(4 * HOUR + MINUTE);
      expect(await talk.ended()).toBe('Lapsed');
      return talk;
    },
  },
];
