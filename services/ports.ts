import { createServer } from 'node:net';
import { ServicesError } from './errors.ts';

const tries = 100;
const highestPort = 65_535;

/**
 * A TCP port nobody listens on: `preferred` if it is free, else the next free one above it, else (and
 * without a preference) any the system offers. The port is not reserved: whoever binds it must cope with
 * having lost a race.
 *
 * @throws ServicesError `services.no-free-port` when the host has none to offer.
 */
export async function freePort(preferred?: number, host = '127.0.0.1'): Promise<number> {
  if (preferred !== undefined && preferred !== 0) {
    const last = Math.min(preferred + tries, highestPort);
    for (let port = preferred; port <= last; port++) {
      if ((await tryListen(port, host)) !== undefined) return port;
    }
  }
  const any = await tryListen(0, host);
  if (any !== undefined) return any;
  throw new ServicesError(
    'services.no-free-port',
    `No free TCP port was found on ${host}.`,
    'Stop programs that hold many ports, or check that this host address exists on the machine.',
  );
}

/** The port it could listen on, or undefined when that port is taken or forbidden. */
function tryListen(port: number, host: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : undefined;
      server.close(() => resolve(bound));
    });
  });
}
