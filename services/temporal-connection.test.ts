import { createServer, type AddressInfo, type Server } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTemporalConnection } from './temporal-connection.ts';

let server: Server;
let uncaught: unknown[];
const keep = (failure: unknown): void => void uncaught.push(failure);

/** Something that listens where Temporal ought to, and hangs up at once. */
beforeEach(async () => {
  uncaught = [];
  process.on('uncaughtException', keep);
  server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  process.off('uncaughtException', keep);
  server.close();
});

test.each([
  ['at its first try', 1],
  ['between two tries', 2],
])('a call that finds no server ends with the connection, %s, and not the process', async (_, times) => {
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { connection, close } = openTemporalConnection({ address });
  const asked = connection.workflowService.getSystemInfo({}).then(
    () => 'answered',
    () => 'failed',
  );
  for (let refused = 0; refused < times; refused += 1) await once(server, 'connection');
  await close();
  expect(await asked).toBe('failed');
  expect(uncaught).toEqual([]);
});
