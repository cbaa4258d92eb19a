import type { Client } from '@temporalio/client';
import { pino } from 'pino';
import { describe, expect, it, test } from 'vitest';
import type { Cro } from '../config/index.ts';
import { firstSync } from './first-sync.ts';

const log = pino({ level: 'silent' });
/** In Amsterdam it is tomorrow already. */
const clock = { now: () => new Date('2026-11-30T23:30:00.000Z') };
const TODAY = '2026-12-01';

const cro = (domain: string): Cro => ({ domain, timeZone: 'Europe/Amsterdam' }) as Cro;
const config = (...domains: string[]) => ({ cros: () => domains.map(cro) });

/** A store that knows these views, as `domain day`, and on which days somebody is represented. */
const storeWith = (views: readonly string[], represented: readonly string[] = [TODAY]) =>
  ({
    portfolio: { hasView: async (domain: string, period: string) => views.includes(`${domain} ${period}`) },
    connections: { anyOn: async (period: string) => represented.includes(period) },
  }) as unknown as Parameters<typeof firstSync>[0]['store'];

/** A Temporal that keeps what synchronisations are told, as `domain day`; without a day, it is tomorrow. */
function recordingTemporal(told: string[]): () => Promise<Client> {
  const start = async (_: string, { args: [{ cro: domain }] }: { args: [{ cro: string }] }) => ({
    signal: async (_name: string, { period }: { period?: string }) =>
      void told.push(period === undefined ? domain : `${domain} ${period}`),
  });
  const withDeadline = (_: number, call: () => Promise<unknown>) => call();
  return async () => ({ workflow: { start }, withDeadline }) as unknown as Client;
}

describe('what CROs are asked when the API starts', () => {
  const seed = () => Promise.resolve();

  it.each([
    ['tomorrow, then today', [], [TODAY], ['a.example.com', `a.example.com ${TODAY}`]],
    ['tomorrow alone where today is known', [`a.example.com ${TODAY}`], [TODAY], ['a.example.com']],
    ['today too, where only other days are known', ['a.example.com 2026-11-30'], [TODAY], undefined],
    ['today too, where only another CRO has told of it', [`b.example.com ${TODAY}`], [TODAY], undefined],
    ['tomorrow alone where nobody is represented today', [], ['2026-12-02'], ['a.example.com']],
  ])('is %s', async (_, views, represented, expected = ['a.example.com', `a.example.com ${TODAY}`]) => {
    const told: string[] = [];
    const store = storeWith(views, represented);
    const temporal = recordingTemporal(told);
    // Whatever the first is asked, it is all asked once the second is.
    const both = config('a.example.com', 'last.example.com');
    const sync = firstSync({ config: both, store, seed, temporal, clock, log });
    await expect.poll(() => told).toContain('last.example.com');
    await sync.stop();
    expect(told.filter((each) => !each.startsWith('last'))).toEqual(expected);
  });

  it('is asked of each of them', async () => {
    const told: string[] = [];
    const temporal = recordingTemporal(told);
    const store = storeWith([`a.example.com ${TODAY}`]);
    const both = config('a.example.com', 'b.example.com');
    const sync = firstSync({ config: both, store, seed, temporal, clock, log });
    await expect.poll(() => told).toEqual(['a.example.com', 'b.example.com', `b.example.com ${TODAY}`]);
    await sync.stop();
  });
});

test('stopping waits for the step under way, and begins no other', async () => {
  const done: string[] = [];
  let letSeedEnd = (): void => undefined;
  const seedMayEnd = new Promise<void>((resolve) => (letSeedEnd = resolve));
  const seed = () => seedMayEnd.then(() => void done.push('seed'));
  const temporal = () => {
    done.push('sync');
    return Promise.reject<Client>(new Error('Temporal is asked although the API stops'));
  };
  const store = storeWith([]);
  const sync = firstSync({ config: config('cro.example.com'), store, seed, temporal, clock, log });
  const stopped = sync.stop().then(() => done.push('stopped'));
  letSeedEnd();
  await stopped;
  expect(done).toEqual(['seed', 'stopped']);
});

test('stopping ends the tries', async () => {
  const seed = () => Promise.reject(new Error('no database'));
  const temporal = () => Promise.reject<Client>();
  const sync = firstSync({ config: config(), store: storeWith([]), seed, temporal, clock, log });
  await expect(sync.stop()).resolves.toBeUndefined();
});
