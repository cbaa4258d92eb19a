import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { addDays } from '../../uftp/index.ts';
import {
  day,
  DSO,
  type Ordered,
  type PlayedDay,
  type SettlementDraft,
  type SettlementWorld,
  startSettlementWorld,
} from './settlement-world.ts';

export const HOUR = 3_600_000;
export const noon = (period: string): string => `${period}T12:00:00.000Z`;

export const order = (given: Partial<Ordered> = {}): Ordered => ({
  reference: `O-${randomUUID().slice(0, 8)}`,
  start: 40,
  duration: 4,
  power: -200_000,
  price: '60.00',
  ...given,
});

/** A settlement world for the tests of a file, and days to be settled in it. */
export function settlementDays() {
  let world: SettlementWorld | undefined;
  let days = 0;
  beforeAll(async () => {
    world = await startSettlementWorld();
  }, 120_000);
  afterEach(() => {
    world?.agree({});
    world?.reach(true);
  });
  afterAll(() => world?.stop());

  const on = {
    get world(): SettlementWorld {
      if (world) return world;
      throw new Error('The world did not come up.');
    },
    /** A day that no other test uses. */
    freshDay: (): string => addDays('2028-01-01', (days += 1)),
    /** Two orders on a day, the first of them to be miscounted, delivered to three quarters. */
    async played(orders: readonly Ordered[] = [order(), order({ start: 60 })]): Promise<PlayedDay> {
      const that = day(on.freshDay(), orders, 0.75);
      await on.world.play(that);
      return that;
    },
    /** Sends the settlement of a day on the next one, and returns what is answered to it. */
    async settled(that: PlayedDay, given?: SettlementDraft) {
      const draft = given ?? on.world.counted([that]);
      const sent = await on.world.send(noon(addDays(that.period, 1)), draft);
      const answer = await sent.answer();
      return { ...sent, answer, statuses: answer.FlexOrderSettlementStatus };
    },
    /** What the monthly statement is made of: the item that counts for each order of a day. */
    async stated({ period }: PlayedDay) {
      const { orders } = await on.world.store.statements.between(DSO, period, period);
      return orders.map(({ item }) => item);
    },
  };
  return on;
}
