import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { claimPorts, freePort } from './ports.ts';

const held: Server[] = [];

afterEach(async () => {
  await Promise.all(held.splice(0).map((server) => new Promise((done) => server.close(done))));
});

function hold(port: number): Promise<void> {
  const server = createServer();
  held.push(server);
  return new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
}

test('a free preferred port is given', async () => {
  const port = await freePort();
  expect(await freePort(port)).toBe(port);
});

test('a taken port is avoided for a higher one that can be bound', async () => {
  const port = await freePort();
  await hold(port);
  const other = await freePort(port);
  expect(other).toBeGreaterThan(port);
  await hold(other);
});

test('claimed ports are free, and no one is claimed twice', async () => {
  const first = await freePort(20_000);
  const claims = await Promise.all(Array.from({ length: 4 }, () => claimPorts(first, 3)));
  const ports = claims.flatMap((claim) => claim.ports);
  expect(new Set(ports).size).toBe(12);
  await Promise.all(ports.map((port) => hold(port)));
  await Promise.all(claims.map((claim) => claim.release()));
});

test('a block in which one port is taken is passed over; a released one is given again', async () => {
  const first = await freePort(30_000);
  const before = await claimPorts(first, 2);
  await before.release();
  const [, taken] = before.ports as [number, number];
  await hold(taken);
  const other = await claimPorts(before.ports[0]!, 2);
  expect(other.ports).not.toContain(taken);
  await other.release();
  expect((await claimPorts(before.ports[0]!, 2)).ports).toEqual(other.ports);
});

test('an address this machine does not have is an error, not an endless search', async () => {
  await expect(freePort(undefined, '192.0.2.1')).rejects.toMatchObject({ code: 'services.no-free-port' });
});
