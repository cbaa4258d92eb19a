import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { until } from '../../rehearsal/rehearsal.ts';
import type { Exit, Part } from '../../services/index.ts';
import { loadSimulatorConfig } from '../../simulator/index.ts';
import { answeredMessageId, decode, type Message, type MessageType, type Version } from '../../uftp/index.ts';
import type { PythonPeer } from '../peer/python-env.ts';

type Event = { ready?: true; received?: string; sent?: string; failed?: string };

/** What the library makes a message of: attributes and elements by their names in XML. */
export type Content = Readonly<Record<string, unknown>>;

/** The Python library as a participant, in a process of its own: it sends what it is told, and keeps what it receives. */
export interface PythonParticipant extends Part {
  readonly role: 'DSO' | 'CRO';
  readonly domain: string;
  /** Where it takes messages. */
  readonly endpoint: string;
  /**
   * Lets the library make, sign and send a message; what the content leaves out it fills in itself.
   * @returns the message as the library wrote it
   * @throws Error with the library's own complaint, such as an answer other than HTTP 200
   */
  send<T extends MessageType>(type: T, content: Content): Promise<Message<T>>;
  /** A message that the library verified and read, as soon as it is there. */
  wait<T extends MessageType>(
    type: T,
    fits?: { readonly answers?: string; readonly where?: (message: Message<T>) => boolean },
  ): Promise<Message<T>>;
  /** The messages that came since this was asked last, in their order. */
  unread(): readonly Message[];
}

/**
 * Starts it in the place of a simulator.
 * @param configFile configuration of the simulator: role, domain, key, port, aggregator
 */
export async function startPythonPeer(
  peer: Extract<PythonPeer, { python: string }>,
  configFile: string,
  version: Version,
): Promise<PythonParticipant> {
  const { role, domain, signingKey, port, aggregator } = await loadSimulatorConfig(configFile);
  const program = fileURLToPath(new URL('./peer.py', import.meta.url));
  // Out of reach of the terminal's Ctrl-C; it ends with its standard input, so also when this process dies.
  const child = spawn(peer.python, [program], {
    env: peer.env,
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  const exited = new Promise<Exit>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal })),
  );
  const received: Message[] = [];
  const waiting: { resolve: (xml: string) => void; reject: (error: Error) => void }[] = [];
  const tell = (line: unknown): Promise<string> => {
    child.stdin.write(`${JSON.stringify(line)}\n`);
    return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
  };
  createInterface(child.stdout).on('line', (line) => {
    const event = JSON.parse(line) as Event;
    if (event.received !== undefined) received.push(decoded(event.received));
    else if (event.failed !== undefined) waiting.shift()?.reject(new Error(event.failed));
    else waiting.shift()?.resolve(event.sent ?? '');
  });
  child.stdin.on('error', () => {});
  void exited.then(() => waiting.forEach(({ reject }) => reject(new Error(`The Python ${role} has ended.`))));

  const [publicKey] = aggregator.publicKeys;
  await tell({
    role,
    domain,
    signingKey: (await readFile(signingKey.file, 'utf8')).trim(),
    port,
    version,
    aggregator: { domain: aggregator.domain, endpoint: aggregator.endpoint, publicKey },
  });
  let seen = 0;
  return {
    role,
    domain,
    endpoint: `http://127.0.0.1:${port}/shapeshifter/api/v3/message`,
    exited,
    async send<T extends MessageType>(type: T, content: Content) {
      return decoded(await tell({ send: type, content })) as Message<T>;
    },
    wait: (type, { answers, where } = {}) =>
      until(async () => {
        for (const message of received) {
          if (message.type !== type) continue;
          if (answers !== undefined && !same(answeredMessageId(message), answers)) continue;
          const found = message as Message<typeof type>;
          if (!where || where(found)) return found;
        }
        return undefined;
      }, `the Python ${role} to receive a ${type}`),
    unread() {
      const fresh = received.slice(seen);
      seen += fresh.length;
      return fresh;
    },
    async stop(graceMs = 10_000) {
      child.stdin.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      return exited.finally(() => clearTimeout(timer));
    },
  };
}

const decoded = (xml: string): Message => decode(Buffer.from(xml));

/** MessageIDs are compared without regard to case. */
const same = (one: string | undefined, other: string): boolean => one?.toLowerCase() === other.toLowerCase();
