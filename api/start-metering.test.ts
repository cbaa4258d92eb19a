import type { Client } from '@temporalio/client';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { systemClock } from '../base/index.ts';
import type { Config } from '../config/index.ts';
import { meteringStarter } from './start-metering.ts';

const log = pino({ level: 'silent' });
const config = {
  dsos: () => [
    {
      domain: 'dso.example.com',
      market: { timeZone: 'Europe/Amsterdam' },
      metering: { required: true },
    },
  ],
} as unknown as Config;
const days = ['2026-01-01', '2026-01-02'].map((period) => ({ connection: 'ean.1', period }));

test('stopping waits for the call under way, and begins no other', async () => {
  const done: string[] = [];
  let letCallEnd = (): void => undefined;
  const callMayEnd = new Promise<void>((resolve) => (letCallEnd = resolve));
  const client = {
    withDeadline: () => callMayEnd.then(() => void done.push('call')),
  } as unknown as Client;
  let asked = (): void => undefined;
  const wasAsked = new Promise<void>((resolve) => (asked = resolve));
  const temporal = async () => {
    asked();
    return client;
  };
  const starter = meteringStarter({ config, temporal, clock: systemClock, log });
  starter.onReadings(days);
  await wasAsked;
  const stopped = starter.stop().then(() => done.push('stopped'));
  starter.onReadings(days);
  letCallEnd();
  await stopped;
  expect(done).toEqual(['call', 'stopped']);
});

test('a Temporal that does not answer stops nobody', async () => {
  const temporal = () => Promise.reject<Client>(new Error('nobody there'));
  const starter = meteringStarter({ config, temporal, clock: systemClock, log });
  starter.onReadings(days);
  await expect(starter.stop()).resolves.toBeUndefined();
});
