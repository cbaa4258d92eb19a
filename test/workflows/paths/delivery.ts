import { expect } from 'vitest';
import type { World } from '../workflows.ts';
import { AFTER_LAST_ISP, DAY, FIRST_ISP, later, MINUTE, offer, ordered, type Path } from './talk.ts';

const book: World['book'] = () => ({
  rejections: [],
  plan: {
    dispatchAt: later(FIRST_ISP, -15 * MINUTE),
    measureAt: later(AFTER_LAST_ISP, DAY),
    settlementDueBy: later(AFTER_LAST_ISP, 60 * DAY),
  },
});

export const DELIVERY_PATHS: readonly Path[] = [
  {
    name: 'dispatch-refused',
    about: 'the assets refuse the plan before delivery begins: the operator is told to call the DSO',
    async play(on) {
      const talk = await ordered(on, { book, dispatch: { outcome: 'refused', reason: 'valve stuck' } });
      await talk.moveTo(later(FIRST_ISP, -14 * MINUTE));
      const { alerts } = await talk.state(({ alerts }) => alerts.length > 0);
      expect(alerts).toMatchObject([{ key: 'shortfall/O-1', severity: 'critical' }]);
      expect(alerts[0]!.text).toContain('valve stuck');
      await talk.settled('O-1', 'Disputed', 'ISP 69: nothing came');
      expect(await talk.ended()).toBe('Disputed');
      return talk;
    },
  },
  {
    name: 'capacity-lost-after-order',
    about: 'an asset fails after the order: loud, and the D-Prognosis tells the truth',
    async play(on) {
      const baseline = { DPrognosisMessageID: '55555555-5555-4555-8555-555555555555' };
      const talk = await ordered(on, { decisions: [offer(baseline)], order: baseline, book });
      expect(talk.calls).toEqual(['updatePrognosis']);
      await talk.tell({
        type: 'prognosed',
        orderMessageId: (await talk.state(() => true)).orders[0]!.order.messageId,
        validated: true,
      });
      await talk.state(({ orders }) => orders[0]?.inPrognosis === true);
      await talk.tell({ type: 'capacityLost', step: 'FlexOffer/1', reason: 'cold-store is out of order' });
      const { alerts } = await talk.state(({ alerts }) => alerts.length > 0);
      expect(alerts).toMatchObject([{ key: 'shortfall/O-1', severity: 'critical' }]);
      await talk.moveTo(later(FIRST_ISP, -14 * MINUTE));
      await talk.state(({ orders }) => orders[0]?.dispatch === 'Confirmed');
      expect(talk.calls).toEqual(['updatePrognosis', 'updatePrognosis', 'dispatchOrder']);
      await talk.settled('O-1');
      expect(await talk.ended()).toBe('Settled');
      return talk;
    },
  },
  {
    name: 'fell-short',
    about: 'our own readings say that less was delivered, before the DSO does',
    async play(on) {
      const shortISPs = [{ isp: 70, orderedW: -4000, deliveredW: -3000 }];
      const talk = await ordered(on, { book, measured: { known: 8, unknown: 0, shortISPs } });
      await talk.moveTo(later(AFTER_LAST_ISP, DAY + MINUTE));
      const { alerts } = await talk.state(({ alerts }) => alerts.length > 0);
      expect(alerts).toMatchObject([{ key: 'delivered/O-1', severity: 'warning' }]);
      await talk.settled('O-1');
      expect(await talk.ended()).toBe('Settled');
      return talk;
    },
  },
  {
    name: 'settlement-overdue',
    about: 'no settlement comes for sixty days: the operator is told, and it comes at last',
    async play(on) {
      const talk = await ordered(on, { book });
      await talk.moveTo(later(AFTER_LAST_ISP, 60 * DAY + MINUTE));
      const { alerts } = await talk.state(({ orders }) => orders[0]?.overdue === true);
      expect(alerts).toMatchObject([{ key: 'overdue/O-1', severity: 'warning' }]);
      await talk.moveTo(later(AFTER_LAST_ISP, 67 * DAY));
      await talk.settled('O-1');
      expect(await talk.ended()).toBe('Settled');
      expect(talk.recorded()!.alerts).toMatchObject([{ resolved: true }]);
      return talk;
    },
  },
];
