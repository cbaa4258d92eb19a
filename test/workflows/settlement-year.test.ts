import fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { settlementRoutes } from '../../api/operator/settlements.ts';
import type { Statement } from '../../api/operator/statement.ts';
import { statementRoutes } from '../../api/operator/statements.ts';
import { refusalOf, sendProblem } from '../../api/problem.ts';
import { settleIndependently } from '../../market/settlement/independent.testkit.ts';
import { story, until } from '../api/support.ts';
import {
  CONTRACT,
  day,
  DSO,
  type PlayedDay,
  RATE,
  type SettlementWorld,
  startSettlementWorld,
} from './settlement-world.ts';

let world: SettlementWorld;
const app = fastify();
beforeAll(async () => {
  world = await startSettlementWorld();
  app.setErrorHandler((thrown, _request, reply) => sendProblem(reply, refusalOf(thrown)));
  settlementRoutes(app, { store: world.store, temporal: () => Promise.resolve(world.client) });
  statementRoutes(app, { ...world, marketOf: (dso) => (dso === DSO ? story.market : undefined) });
}, 120_000);
afterAll(async () => {
  await app.close();
  await world?.stop();
});

const HOUR = 3_600_000;
const MONTHS = Array.from({ length: 12 }, (_, index) => `2027-${String(index + 1).padStart(2, '0')}`);
/** Days of delivery in every month; clocks change on 28 March (92 ISPs) and 31 October (100). */
const daysOf = (month: string): string[] =>
  ['05', '17', '28', ...(month === '2027-10' ? ['31'] : [])].map((each) => `${month}-${each}`);
/** How assets behave, one day after the other: as ordered, in part, out of order, the wrong way, too much. */
const SHARES = [1, 0.6, 0, -0.2, 1.3, 0.95];
/** In what month the orders are placed on D-Prognoses. */
const ON_PROGNOSES = '2027-05';
/** In what month the DSO forgets an order at first. */
const FORGOTTEN = '2027-06';
/** In what months the DSO counts a penalty too much, and what becomes of it. */
const PADDED = { '2027-03': 'accepted by the operator', '2027-08': 'disputed' } as Record<string, string>;

function playMonth(month: string, number: number): PlayedDay[] {
  return daysOf(month).map((period, index) => {
    const share = SHARES[(number * 3 + index) % SHARES.length]!;
    const isLast = index === daysOf(month).length - 1;
    const orders = [
      { reference: `${period}/1`, start: 89, duration: isLast ? 4 : 2, power: -310_000, price: '41.37' },
      // The second was activated in part, and shares ISPs with the first.
      { reference: `${period}/2`, start: 90, duration: 3, power: -123_457, price: '19.99' },
      {
        reference: `${period}/3`,
        start: 69,
        duration: 8,
        power: -400_000,
        price: '250.00',
        contract: CONTRACT,
      },
      { reference: `${period}/4`, start: 9, duration: 2, power: 77_777, price: '3.10' },
    ];
    return day(period, orders, share);
  });
}

/** The sums of a month by the second computation: what each order comes to, in cents. */
function independentTotals(days: readonly PlayedDay[]) {
  let [penalty, net] = [0, 0];
  const cents = (amount: string): number => Math.round(Number(amount) * 100);
  for (const { orders, baseline, actual } of days) {
    const settled = orders.map(({ reference, price, start, duration, power }) => ({
      ...{ orderReference: reference, price, currency: 'EUR' },
      ISP: [{ Start: start, Duration: duration, Power: power }],
    }));
    const facts = { baseline, actual, ispMinutes: 15, payFor: 'ordered' } as const;
    const ordinary = settleIndependently({ ...facts, orders: settled, penaltyPerMWh: RATE });
    const contracted = settleIndependently({ ...facts, orders: settled, penaltyPerMWh: '250.00' });
    orders.forEach(({ contract }, index) => {
      const result = (contract === undefined ? ordinary : contracted)[index]!;
      penalty += cents(result.penalty);
      net += cents(result.netSettlement);
    });
  }
  return { penalty: (penalty / 100).toFixed(2), netSettlement: (net / 100).toFixed(2) };
}

const read = async <T>(url: string): Promise<T> => {
  const response = await app.inject({ url });
  expect(response.statusCode).toBe(200);
  return response.json();
};

describe('a year of months', () => {
  const played = new Map<string, PlayedDay[]>();

  test('each settled on the third of the next, and disputes held for the operator', async () => {
    world.agree({ review: 'disputes' });
    for (const [number, month] of MONTHS.entries()) {
      const days = playMonth(month, number);
      if (month === ON_PROGNOSES)
        for (const [index, each] of days.entries())
          days[index] = { ...each, prognosisId: await world.prognose(each.period, 500_000) };
      played.set(month, days);
      for (const each of days) await world.play(each);
      const draft = world.counted(days, month in PADDED ? 'penalty-padded' : undefined);
      const last = new Date(Date.UTC(2027, number + 1, 0)).toISOString().slice(0, 10);
      const at = new Date(Date.UTC(2027, number + 1, 3, 9)).toISOString();
      const bounds = { PeriodStart: `${month}-01`, PeriodEnd: last };
      if (month === FORGOTTEN) {
        const lacking = await world.send(at, { ...world.counted(days, 'order-forgotten'), ...bounds });
        expect((await lacking.answer()).RejectionReason).toBe('Missing Settlement Items');
      }
      const sent = await world.send(at, { ...draft, ...bounds });
      if (month in PADDED) {
        const held = await until(() => world.store.settlements.find(sent.inboxId));
        expect(held).toMatchObject({ disputed: 1, status: 'open' });
        if (PADDED[month] === 'disputed') {
          await until(() => sent.waits());
          await sent.moveBy(72 * HOUR);
        } else {
          const review = {
            method: 'POST',
            url: `/v1/settlements/${sent.inboxId}/review`,
            payload: { accept: [`${days[0]!.period}/1`] },
            headers: { operator: 'ada' },
          } as const;
          await until(async () => (await app.inject(review)).statusCode === 202);
        }
      }
      const answer = await sent.answer();
      const disputed = answer.FlexOrderSettlementStatus.filter((each) => each.Disposition === 'Disputed');
      expect([month, disputed.length]).toEqual([month, PADDED[month] === 'disputed' ? 1 : 0]);
    }
  }, 240_000);

  test.each(MONTHS)(
    'the statement of %s sums to the cent to what a second computation says',
    async (month) => {
      const { totals, lines, availability } = await read<Statement>(`/v1/statements/${DSO}/${month}`);
      const days = played.get(month)!;
      const independent = independentTotals(days);
      const padding = PADDED[month] === undefined ? 0 : 5;
      const all = ['accepted', 'disputed'].map((each) => totals[each as 'accepted' | 'disputed']);
      const sum = (of: 'penalty' | 'netSettlement') =>
        all.reduce((cents, each) => cents + Math.round(Number(each[of]) * 100), 0) / 100;
      expect(lines).toHaveLength(days.length * 4);
      expect(totals.accepted.orders).toBe(days.length * 4 - (PADDED[month] === 'disputed' ? 1 : 0));
      expect(sum('penalty').toFixed(2)).toBe((Number(independent.penalty) + padding).toFixed(2));
      expect(sum('netSettlement').toFixed(2)).toBe((Number(independent.netSettlement) - padding).toFixed(2));
      // 400 kW for two hours, every day on which the contract was called on.
      const stated = availability.filter(({ reason }) => reason === undefined);
      expect(stated.map(({ period, reservedMWh }) => [period, reservedMWh])).toEqual(
        days.map(({ period }) => [period, '0.8']),
      );
      // It was reserved on all the other days as well, of which the DSO says nothing.
      const untold = availability.filter(({ reason }) => reason === 'not in the settlement');
      expect(stated.length + untold.length).toBe(
        new Date(Date.UTC(2027, Number(month.slice(5)), 0)).getUTCDate(),
      );
      expect(new Set(untold.map(({ reservedMWh }) => reservedMWh))).toEqual(new Set(['0.8']));
    },
  );

  test('a statement as CSV holds the same, and its lines sum to its totals', async () => {
    const url = `/v1/statements/${DSO}/2027-08?format=csv`;
    const response = await app.inject({ url });
    expect(response.headers['content-type']).toBe('text/csv; charset=utf-8');
    const accept = await app.inject({ url: url.replace('?format=csv', ''), headers: { accept: 'text/csv' } });
    expect(accept.body).toBe(response.body);
    const [head, ...rows] = response.body
      .trimEnd()
      .split('\r\n')
      .map((line) => line.split(','));
    const at = (name: string): number => head!.indexOf(name);
    const cents = (row: string[], name: string): number => Math.round(Number(row[at(name)]) * 100);
    for (const disposition of ['accepted', 'disputed']) {
      const those = rows.filter((row) => row[at('disposition')] === disposition);
      const lines = those.filter(([kind]) => kind === 'order');
      const total = those.find(([kind]) => kind === 'total')!;
      expect(lines.length).toBeGreaterThan(0);
      for (const column of ['price', 'penalty', 'netSettlement'])
        expect(lines.reduce((sum, row) => sum + cents(row, column), 0)).toBe(cents(total, column));
    }
  });

  test('what is disputed says why, in the list, the settlement and the statement', async () => {
    const { settlements } = await read<{
      settlements: { id: string; disputed: number; periodStart: string }[];
    }>(`/v1/settlements?dso=${DSO}&status=answered&limit=100`);
    expect(settlements).toHaveLength(MONTHS.length + 1);
    const august = settlements.find(({ disputed }) => disputed > 0)!;
    expect(august.periodStart).toBe('2027-08-01');
    const { items } = await read<{
      items: { orderReference: string; reason?: string; stated: object; computed: object }[];
    }>(`/v1/settlements/${august.id}`);
    const [item] = items.filter(({ reason }) => reason !== undefined);
    expect(item).toMatchObject({
      orderReference: '2027-08-05/1',
      reason: expect.stringContaining('Penalty') as string,
    });
    expect(item!.stated).toMatchObject({ Price: '41.37' });
    expect(item!.computed).toMatchObject({ kind: 'computed', price: '41.37' });
    const { lines } = await read<Statement>(`/v1/statements/${DSO}/2027-08`);
    expect(lines.find(({ disposition }) => disposition === 'disputed')).toMatchObject({
      reason: item!.reason,
    });
  });

  test('the doors refuse what they cannot do', async () => {
    const { settlements } = await read<{ settlements: { id: string }[] }>('/v1/settlements');
    const review = (payload: object, id = settlements[0]!.id) =>
      app.inject({ method: 'POST', url: `/v1/settlements/${id}/review`, payload });
    expect((await review({})).statusCode).toBe(409);
    expect((await review({ accept: ['NEVER-PLACED'] })).json()).toMatchObject({
      status: 422,
      errors: [{ path: 'accept', message: 'names NEVER-PLACED, which is not in this settlement' }],
    });
    expect((await review({ dispute: [{ orderReference: 'X' }] })).statusCode).toBe(422);
    expect((await review({}, '00000000-0000-4000-8000-000000000000')).statusCode).toBe(404);
    expect((await review({}, 'x')).statusCode).toBe(404);
    for (const url of [`/v1/statements/${DSO}/2027-13`, '/v1/statements/other.example/2027-01'])
      expect((await app.inject({ url })).statusCode).toBe(404);
  });

  test('a month is accepted once, and none before it is over', async () => {
    const before = await read<Statement>(`/v1/statements/${DSO}/2027-04`);
    const bounds = { PeriodStart: '2027-04-01', PeriodEnd: '2027-04-30' };
    const draft = { ...world.counted(played.get('2027-04')!), ...bounds };
    const again = await (await world.send('2028-01-04T09:00:00.000Z', draft)).answer();
    expect(again).toMatchObject({ Result: 'Rejected', RejectionReason: 'Period already settled' });
    expect(await read(`/v1/statements/${DSO}/2027-04`)).toEqual(before);
    const early = { ...draft, PeriodStart: '2028-01-01', PeriodEnd: '2028-01-31' };
    const tooSoon = await (await world.send('2028-01-04T10:00:00.000Z', early)).answer();
    expect(tooSoon.RejectionReason).toBe('PeriodEnd rejected;Period out of bounds');
  });
});
