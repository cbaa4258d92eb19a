import { expect } from 'vitest';
import { costOf } from '../history.ts';
import { AFTER_LAST_ISP, DAY, FIRST_ISP, HOUR, later, MINUTE, offered, type Path } from './talk.ts';

const RESERVED = [{ Start: 69, Duration: 8, Power: -4000 }];

/** What a history may cost: it is read, replayed and kept for years. */
const MOST_EVENTS = 80;
const MOST_BYTES = 60 * 1024;

export const STANDARD_PATHS: readonly Path[] = [
  {
    name: 'standard',
    about: 'one offer, one order, one reservation update, dispatch, delivery, settlement; within its budget',
    async play(on) {
      const talk = await offered(on, {
        book: () => ({
          rejections: [],
          plan: {
            dispatchAt: later(FIRST_ISP, -15 * MINUTE),
            measureAt: later(AFTER_LAST_ISP, DAY),
            settlementDueBy: later(AFTER_LAST_ISP, 60 * DAY),
          },
        }),
      });
      await talk.tell({ type: 'reserved', ISP: RESERVED });
      await talk.state(({ reserved }) => reserved !== undefined);
      await talk.order();
      await talk.quiet('Ordered');
      await talk.moveTo(later(FIRST_ISP, -10 * MINUTE));
      await talk.state(({ orders }) => orders[0]?.dispatch === 'Confirmed');
      await talk.moveTo(later(AFTER_LAST_ISP, MINUTE));
      await talk.quiet('Delivered');
      await talk.moveTo(later(AFTER_LAST_ISP, 30 * DAY));
      const { orders } = await talk.state(({ orders }) => typeof orders[0]?.measured === 'object');
      expect(orders[0]).toMatchObject({ measured: { known: 8, unknown: 0, shortISPs: [] } });
      await talk.settled('O-1');
      expect(await talk.ended()).toBe('Settled');
      expect(talk.sent.map(({ step }) => step.replace(/\/.{36}$/, ''))).toEqual([
        'FlexRequestResponse',
        'FlexOffer/1',
        'FlexOrderResponse',
      ]);
      const { count, bytes, byType } = costOf(await talk.handle.fetchHistory());
      const breakdown = [...byType].map(([type, each]) => `  ${type}: ${each.count} events, ${each.bytes} B`);
      console.log([`A standard conversation: ${count} events, ${bytes} B`, ...breakdown].join('\n'));
      expect(count).toBeLessThanOrEqual(MOST_EVENTS);
      expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
      return talk;
    },
  },
  // ISP 76 ends 19 hours after midnight, whatever the clocks on the wall do in between.
  ...[
    { period: '2027-03-28', now: '2027-03-27T08:00:00.000Z', end: '2027-03-28T18:00:00.000Z', ISPs: 92 },
    { period: '2027-10-31', now: '2027-10-30T07:00:00.000Z', end: '2027-10-31T17:00:00.000Z', ISPs: 100 },
  ].map(({ period, now, end, ISPs }): Path => ({
    name: `clock-change-${ISPs}-isps`,
    about: `a day of ${ISPs} ISPs: its last ordered ISP ends when it does`,
    async play(on) {
      const talk = await offered(on, { period, now });
      await talk.order();
      await talk.quiet('Ordered');
      await talk.moveTo(later(end, -MINUTE));
      expect((await talk.state(() => true)).phase).toBe('Ordered');
      await talk.moveTo(later(end, HOUR));
      await talk.quiet('Delivered');
      await talk.settled('O-1');
      expect(await talk.ended()).toBe('Settled');
      return talk;
    },
  })),
];
