import { createServer, type Server } from 'node:net';
import { ServicesError } from './errors.ts';

const tries = 100;
const highestPort = 65_535;
const loopback = '127.0.0.1';

/**
 * A TCP port nobody listens on: `preferred` if it is free, else the next free one above it, else (and
 * without a preference) any the system offers. The port is not reserved: whoever binds it must cope with
 * having lost a race.
 *
 * @throws ServicesError `services.no-free-port` when the host has none to offer.
 */
export async function freePort(preferred?: number, host = loopback): Promise<number> {
  if (preferred !== undefined && preferred !== 0) {
    const last = Math.min(preferred + tries, highestPort);
    for (let port = preferred; port <= last; port++) {
      if ((await tryListen(port, host)) !== undefined) return port;
    }
  }
  const any = await tryListen(0, host);
  if (any !== undefined) return any;
  throw noFreePort(host);
}

/** Ports that stand one above the other, ours until they are released or this process ends. */
export interface ClaimedPorts {
  readonly ports: readonly number[];
  release(): Promise<void>;
}

/**
 * Claims `count` free TCP ports of the loopback address for parts that bind them later: the first block from `first`
 * on in which all are free and nobody else has a claim. A claim is a port too, the one above the block, which is
 * listened on meanwhile: no two runs on this machine are given the same ports.
 *
 * @throws ServicesError `services.no-free-port` when there is no such block.
 */
export async function claimPorts(first: number, count: number): Promise<ClaimedPorts> {
  const width = count + 1;
  for (let base = first; base < first + tries * width && base + count <= highestPort; base += width) {
    const claim = await listen(base + count, loopback);
    if (!claim) continue;
    const ports = Array.from({ length: count }, (_, index) => base + index);
    if (await areFree(ports)) return { ports, release: () => closed(claim) };
    await closed(claim);
  }
  throw noFreePort(loopback);
}

async function areFree(ports: readonly number[]): Promise<boolean> {
  for (const port of ports) if ((await tryListen(port, loopback)) === undefined) return false;
  return true;
}

function noFreePort(host: string): ServicesError {
  return new ServicesError(
    'services.no-free-port',
    `No free TCP port was found on ${host}.`,
    'Stop programs that hold many ports, or check that this host address exists on the machine.',
  );
}

/** The port it could listen on, or undefined when that port is taken or forbidden. */
async function tryListen(port: number, host: string): Promise<number | undefined> {
  const server = await listen(port, host);
  if (!server) return undefined;
  const address = server.address();
  await closed(server);
  return typeof address === 'object' && address !== null ? address.port : undefined;
}

/** A server that keeps no process running; undefined when the port is taken or forbidden. */
function listen(port: number, host: string): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy()).unref();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host, exclusive: true }, () => resolve(server));
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
