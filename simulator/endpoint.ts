import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { type Clock, instant } from '../base/clock.ts';
import {
  checkHeaders,
  conventionalPath,
  decode,
  decodeBase64Strict,
  type Message,
  open,
  type PublicKey,
  readSignedMessage,
  type Role,
  statusTable,
  UftpError,
} from '../uftp/index.ts';
import type { Faults } from './faults.ts';
import type { ConversationRecord, MessageEntry } from './record.ts';

/** A portfolio of some hundred thousand connections. */
const BODY_LIMIT = 32 * 1024 * 1024;
const PATH = conventionalPath('3.1.0');

export interface ReceivingEndpointOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly record: ConversationRecord;
  /** The active keys of a participant; none for one that is not known. */
  readonly publicKeys: (domain: string, role: Role) => readonly PublicKey[];
  /** Called after the POST was answered. */
  readonly onMessage: (entry: MessageEntry, sender: { domain: string; role: Role }) => void;
}

/** Where a simulated participant takes posts: real HTTP, and every step of the receiver's pipeline. */
export class ReceivingEndpoint {
  readonly #options: ReceivingEndpointOptions;
  readonly #server: Server;
  readonly #stopping = new AbortController();

  constructor(options: ReceivingEndpointOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      this.#take(request, response).catch(() => request.socket.destroy());
    });
  }

  /** Begins to listen. Resolves to the address to post to. */
  async start(): Promise<string> {
    const { host, port } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(port, host, resolve);
    });
    return `http://${host}:${(this.#server.address() as AddressInfo).port}${PATH}`;
  }

  /** Stops listening and ends the connections there are. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { clock, faults, record } = this.#options;
    const at = instant(clock);
    const answer = (status: number, wire: string, refused?: string, body = '', headers = {}) => {
      record.addPost({ at, status, wire, ...(refused && { refused }) });
      // A refusal may come before the body is read: nothing else can follow on that connection.
      response
        .writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' })
        .end(body);
    };

    if (request.url !== PATH) return answer(404, '');
    if (request.method !== 'POST') return answer(405, '', undefined, '', { allow: 'POST' });
    const problem = checkHeaders(
      { contentType: request.headers['content-type'], contentLength: request.headers['content-length'] },
      BODY_LIMIT,
    );
    if (problem) return answer(problem.status, '', problem.error.code, problem.error.message);

    const body = await readBody(request);
    const wire = body.toString('utf8');
    const refusal = faults.take('refuse');
    if (refusal) return answer(refusal.status, wire, 'fault', refusal.body, refusal.headers);

    let read;
    try {
      read = this.#verify(body);
    } catch (error) {
      if (!(error instanceof UftpError)) throw error;
      return answer(statusOf(error), wire, error.code, error.message);
    }
    const { message, payload, sender } = read;
    const entry = record.addMessage({ at, direction: 'received', message, payload, wire });
    if (faults.take('drop')) {
      record.addPost({ at, wire, refused: 'fault' });
      request.socket.destroy();
    } else {
      const delay = faults.take('delay');
      if (delay) await wait(delay.ms, undefined, { signal: this.#stopping.signal });
      answer(200, wire);
    }
    this.#options.onMessage(entry, sender);
  }

  /** @throws UftpError with the code whose status the sender is to see */
  #verify(body: Uint8Array): {
    message: Message;
    payload: string;
    sender: { domain: string; role: Role };
  } {
    const { SenderDomain: domain, SenderRole: role, Body } = readSignedMessage(body);
    const keys = this.#options.publicKeys(domain, role);
    if (keys.length === 0) {
      throw new UftpError(
        'uftp.key-unknown',
        `No key is known of ${domain} as ${role}.`,
        'Make the participant known.',
      );
    }
    const { payload } = open(decodeBase64Strict(Body, { allowWhiteSpace: true }), keys);
    return {
      message: decode(payload),
      payload: Buffer.from(payload).toString('utf8'),
      sender: { domain, role },
    };
  }
}

function statusOf(error: UftpError): number {
  if (error.code === 'uftp.key-unknown') return statusTable.keyUnknown.status;
  if (error.code === 'uftp.signature-invalid') return statusTable.signatureInvalid.status;
  return statusTable.payloadInvalid.status;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
