import { expect } from 'vitest';
import { costOf } from '../history.ts';
import {
  AFTER_LAST_ISP,
  DAY,
  FIRST_ISP,
  HOUR,
  later,
  MINUTE,
  offer,
  offered,
  option,
  type Path,
} from './talk.ts';

const RESERVED = [{ Start: 69, Duration: 8, Power: -4000 }];

/** What a history may cost: it is read, replayed and kept for years. */
const MOST_EVENTS = 80;
const MOST_BYTES = 60 * 1024;

/** As long as messages of a day get: every ISP stands alone, with a power of its own. */
const ISP_BY_ISP = Array.from({ length: 96 }, (_, index) => ({ Start: index + 1, Duration: 1 }));
const EVERY_POWER = ISP_BY_ISP.map((group) => ({ ...group, Power: -400_000 - group.Start }));
const LONGEST = {
  decisions: [offer({ OfferOption: [option({ ISP: EVERY_POWER })] })],
  request: {
    ISP: ISP_BY_ISP.map((group) => ({
      ...{ ...group, Disposition: 'Requested', MinPower: -600_000, MaxPower: -400_000 - group.Start },
    })),
  },
  order: { ISP: EVERY_POWER },
};
const MIDNIGHT = '2027-05-16T22:00:00.000Z';

export const STANDARD_PATHS: readonly Path[] = [
  ...[
    { name: 'standard', long: '', told: {}, ends: AFTER_LAST_ISP },
    { name: 'standard-isp-by-isp', long: ', each ISP by itself', told: LONGEST, ends: MIDNIGHT },
  ].map(({ name, long, told, ends }): Path => ({
    name,
    about: `one offer, one order, one reservation update, dispatch, delivery, settlement${long}; within its budget`,
    async play(on) {
      const talk = await offered(on, {
        ...told,
        book: () => ({
          rejections: [],
          plan: {
            dispatchAt: later(FIRST_ISP, -15 * MINUTE),
            measureAt: later(ends, DAY),
            settlementDueBy: later(ends, 60 * DAY),
          },
        }),
      });
      await talk.tell({ type: 'reserved', ISP: RESERVED });
      await talk.state(({ reserved }) => reserved !== undefined);
      await talk.order(told === LONGEST ? LONGEST.order : {});
      await talk.quiet('Ordered');
      await talk.moveTo(later(FIRST_ISP, -10 * MINUTE));
      await talk.state(({ orders }) => orders[0]?.dispatch === 'Confirmed');
      await talk.moveTo(later(ends, MINUTE));
      await talk.quiet('Delivered');
      await talk.moveTo(later(ends, 30 * DAY));
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
      console.log([`${name}: ${count} events, ${bytes} B`, ...breakdown].join('\n'));
      expect(count).toBeLessThanOrEqual(MOST_EVENTS);
      expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
      return talk;
    },
  })),
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
