import type { AddressInfo } from 'node:net';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { type Clock, FlexorError, instant, reasonOf } from '../../base/index.ts';
import type { Store } from '../../store/index.ts';
import { checkHeaders, statusTable } from '../../uftp/index.ts';
import { ApiError, notFound, Refusal, storeUnavailable } from '../errors.ts';
import { gracefulStop } from '../graceful-stop.ts';
import type { Metrics } from '../metrics.ts';
import { clip, PROBLEM_TYPE, problemOf, refusalOf, sendProblem } from '../problem.ts';
import { verifyPost } from './intake.ts';
import { createRateLimiter, type RateLimit } from './rate-limit.ts';
import type { Senders } from './senders.ts';

export interface UftpEndpointOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Where counterparties post, e.g. `/shapeshifter/api/v3/message`. */
  readonly path: string;
  /** The largest body taken, in bytes; refused by its Content-Length, before it is read. */
  readonly maxBodyBytes: number;
  /** How long a request may take to arrive, in milliseconds; against senders that dribble. */
  readonly requestTimeoutMs?: number;
  /** Per address; none on the loopback interface. */
  readonly rateLimit?: RateLimit;
  readonly senders: Senders;
  readonly store: Pick<Store, 'inbox'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Called after a message was committed; must return at once. */
  readonly onStored?: () => void;
}

export interface UftpEndpoint {
  /** The full URL that counterparties post to. */
  readonly url: string;
  /** Takes no new connections, and ends when every request in flight is answered. */
  stop(): Promise<void>;
}

const REQUEST_TIMEOUT_MS = 15_000;
const DEFAULT_RATE: RateLimit = { perSecond: 50, burst: 200 };

/**
 * Opens the endpoint that counterparties post their SignedMessages to. A message gets 200 only when it is committed
 * to the inbox; everything refused is counted and logged with its reason, and never with its body.
 */
export async function createUftpEndpoint(options: UftpEndpointOptions): Promise<UftpEndpoint> {
  const { clock, log, metrics } = options;
  const rateLimiter = createRateLimiter(options.rateLimit ?? DEFAULT_RATE, clock);

  const countRefusal = (refusal: Refusal, address: string | undefined): void => {
    const { status, error } = refusal;
    metrics.refused.inc({ status, code: error.code });
    const facts = { status, code: error.code, reason: clip(error.message), address };
    if (status < 500) log.warn(facts, 'post refused');
    else log.error({ ...facts, cause: reasonOf(rootOf(error)) }, 'post not taken');
  };
  const refuse = (thrown: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const refusal = refusalOf(thrown);
    countRefusal(refusal, request.ip);
    return sendProblem(reply, refusal);
  };

  const app = httpServer(options, countRefusal);
  app.setErrorHandler(refuse);
  app.setNotFoundHandler((request, reply) => refuse(wrongAddress(request, options.path), request, reply));

  app.route({
    method: 'POST',
    url: options.path,
    // Before the body is read.
    onRequest: async ({ headers, ip }) => {
      const { 'content-type': contentType, 'content-length': contentLength } = headers;
      const problem = checkHeaders({ contentType, contentLength }, options.maxBodyBytes);
      if (problem) throw new Refusal(problem.status, problem.error);
      const wait = rateLimiter(ip);
      if (wait > 0) throw overRate(wait);
    },
    handler: async ({ body }, reply) => {
      const bytes = body instanceof Uint8Array ? body : new Uint8Array();
      const { sender, message, payload } = await verifyPost(bytes, options.senders);
      const stored = await options.store.inbox
        .accept({
          senderDomain: sender.SenderDomain,
          senderRole: sender.SenderRole,
          recipientDomain: message.RecipientDomain,
          messageId: message.MessageID,
          conversationId: message.ConversationID,
          type: message.type,
          version: message.Version,
          receivedAt: instant(clock),
          body: bytes,
          payload,
        })
        .catch((cause: unknown) => {
          throw cause instanceof FlexorError ? storeUnavailable(cause) : cause;
        });
      const { outcome, id } = stored;
      const { type, MessageID: messageId } = message;
      metrics.accepted.inc({ type, outcome });
      log.info({ id, type, messageId, sender: sender.SenderDomain, outcome }, 'message stored');
      options.onStored?.();
      return reply.code(200).send();
    },
  });

  const stop = gracefulStop(app);
  await app.listen({ host: options.host, port: options.port });
  const { address, family, port } = app.server.address() as AddressInfo;
  const host = family === 'IPv6' ? `[${address}]` : address;
  return { url: `http://${host}:${port}${options.path}`, stop };
}

function httpServer(
  options: UftpEndpointOptions,
  countRefusal: (refusal: Refusal, address: string | undefined) => void,
): FastifyInstance {
  const requestTimeout = options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
  const app = fastify({
    bodyLimit: options.maxBodyBytes,
    requestTimeout,
    // Node looks for late requests only this often; its default of 30 s would outlast the timeout.
    http: { headersTimeout: requestTimeout, connectionsCheckingInterval: Math.min(1000, requestTimeout) },
    forceCloseConnections: 'idle',
    // What never became a request: malformed HTTP, or one that did not arrive in time.
    clientErrorHandler(fault, socket) {
      // A peer that just goes away was refused nothing.
      if (fault.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
      const refusal = brokenRequest(fault.code);
      countRefusal(refusal, socket.remoteAddress);
      const body = JSON.stringify(problemOf(refusal));
      socket.end(
        `HTTP/1.1 ${refusal.status} ${problemOf(refusal).title}\r\nConnection: close\r\n` +
          `Content-Type: ${PROBLEM_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
    },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  return app;
}

function brokenRequest(code: string | undefined): Refusal {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    const message = 'The request did not arrive in time.';
    return new Refusal(408, new ApiError('api.request-timeout', message, 'Send the request in one go.'));
  }
  return refusalOf({ statusCode: code === 'HPE_HEADER_OVERFLOW' ? 431 : 400, code });
}

function wrongAddress(request: FastifyRequest, path: string): Refusal {
  if (request.url.split('?')[0] !== path) return notFound('such address');
  const message = `${request.method} is not possible here.`;
  return new Refusal(405, new ApiError('api.method-not-allowed', message, 'Post the SignedMessage.'), {
    allow: 'POST',
  });
}

function overRate(waitMs: number): Refusal {
  const message = 'There are too many posts from this address.';
  return new Refusal(
    statusTable.rateLimit.status,
    new ApiError('api.rate-limited', message, 'Wait as long as Retry-After says.'),
    { 'retry-after': String(Math.ceil(waitMs / 1000)) },
  );
}

function rootOf(error: Error): unknown {
  return error.cause instanceof Error ? rootOf(error.cause) : error;
}
