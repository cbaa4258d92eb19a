import { expect } from 'vitest';
import { asked, FIRST_ISP, HOUR, later, MINUTE, offer, offered, type Path } from './talk.ts';

export const REVOCATION_PATHS: readonly Path[] = [
  {
    name: 'revoked-by-operator',
    about: 'an operator revokes an accepted offer',
    async play(on) {
      const talk = await offered(on);
      const said = await talk.command({ kind: 'revoke', step: 'FlexOffer/1', reason: 'a leak' });
      expect(said.done).toBe(true);
      await talk.offerIs('Revoking');
      expect(talk.draftsOf('FlexOfferRevocation')).toHaveLength(1);
      await talk.answerRevocation();
      await talk.offerIs('Revoked');
      await talk.order();
      await talk.answered(4);
      expect(talk.draftsOf('FlexOrderResponse')).toMatchObject([
        { RejectionReason: 'Reference message revoked' },
      ]);
      await talk.moveBy(4 * HOUR + MINUTE);
      expect(await talk.ended()).toBe('Lapsed');
      return talk;
    },
  },
  {
    name: 'capacity-lost',
    about: 'an asset fails before the DSO accepted the offer: it is revoked as soon as it is accepted',
    async play(on) {
      const talk = await asked(on);
      await talk.offerIs('Sent');
      await talk.tell({ type: 'capacityLost', step: 'FlexOffer/1', reason: 'cold-store is out of order' });
      await talk.state(({ offers }) => offers[0]?.revocation !== undefined);
      expect(talk.draftsOf('FlexOfferRevocation')).toEqual([]);
      await talk.answerOffer();
      await talk.offerIs('Revoking');
      await talk.answerRevocation();
      await talk.offerIs('Revoked');
      await talk.moveBy(4 * HOUR + MINUTE);
      expect(await talk.ended()).toBe('Lapsed');
      return talk;
    },
  },
  {
    name: 'revocation-crosses-order',
    about: 'order and revocation cross: the revocation wins, and the DSO agrees',
    async play(on) {
      const talk = await offered(on);
      await talk.command({ kind: 'revoke', step: 'FlexOffer/1', reason: 'a leak' });
      await talk.order();
      await talk.answered(3);
      expect(talk.draftsOf('FlexOrderResponse')).toMatchObject([
        { Result: 'Rejected', RejectionReason: 'Reference message revoked' },
      ]);
      await talk.answerRevocation();
      await talk.moveBy(4 * HOUR + MINUTE);
      expect(await talk.ended()).toBe('Lapsed');
      expect(talk.recorded()).toMatchObject({ orders: [], offers: [{ status: 'Revoked' }] });
      return talk;
    },
  },
  {
    name: 'revocation-refused',
    about: 'the DSO has procured the offer before: it stands, and the order that comes is accepted',
    async play(on) {
      const talk = await offered(on);
      await talk.command({ kind: 'revoke', step: 'FlexOffer/1', reason: 'a leak' });
      await talk.offerIs('Revoking');
      await talk.answerRevocation({ Result: 'Rejected', RejectionReason: 'Flexibility procured' });
      const { alerts } = await talk.offerIs('Open');
      expect(alerts).toMatchObject([{ key: 'revocation/FlexOffer/1', severity: 'critical' }]);
      await talk.order();
      await talk.quiet('Ordered');
      await talk.settled('O-1');
      expect(await talk.ended()).toBe('Settled');
      return talk;
    },
  },
  {
    name: 'revocation-too-late',
    about: 'an offer whose ISPs run is not revoked any more',
    async play(on) {
      const expires = later(FIRST_ISP, HOUR);
      const decisions = [offer({ ExpirationDateTime: expires })];
      const talk = await offered(on, { decisions, request: { ExpirationDateTime: expires } });
      await talk.moveTo(later(FIRST_ISP, MINUTE));
      const refused = talk.command({ kind: 'revoke', step: 'FlexOffer/1', reason: 'a leak' });
      await expect(refused).rejects.toMatchObject({ cause: { type: 'workflows.command-refused' } });
      await talk.moveTo(later(expires, 6 * MINUTE));
      expect(await talk.ended()).toBe('Lapsed');
      return talk;
    },
  },
];
