import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { freePort } from './ports.ts';

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

test('an address this machine does not have is an error, not an endless search', async () => {
  await expect(freePort(undefined, '192.0.2.1')).rejects.toMatchObject({ code: 'services.no-free-port' });
});
