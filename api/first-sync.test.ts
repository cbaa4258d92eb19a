import type { Client } from '@temporalio/client';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { firstSync } from './first-sync.ts';

const log = pino({ level: 'silent' });

test('stopping waits for the step under way, and begins no other', async () => {
  const done: string[] = [];
  let letSeedEnd = (): void => undefined;
  const seedMayEnd = new Promise<void>((resolve) => (letSeedEnd = resolve));
  const seed = () => seedMayEnd.then(() => void done.push('seed'));
  const temporal = () => {
    done.push('sync');
    return Promise.reject<Client>(new Error('Temporal is asked although the API stops'));
  };
  const sync = firstSync(['cro.example.com'], seed, temporal, log);
  const stopped = sync.stop().then(() => done.push('stopped'));
  letSeedEnd();
  await stopped;
  expect(done).toEqual(['seed', 'stopped']);
});

test('stopping ends the tries', async () => {
  const sync = firstSync(
    [],
    () => Promise.reject(new Error('no database')),
    () => Promise.reject(),
    log,
  );
  await expect(sync.stop()).resolves.toBeUndefined();
});
