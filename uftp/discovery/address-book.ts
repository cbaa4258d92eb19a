import { z } from 'zod';
import { systemClock } from '../../base/clock.ts';
import type { Clock } from '../../base/clock.ts';
import { ROLES } from '../definition/version.ts';
import type { Role } from '../definition/version.ts';
import { UftpError } from '../errors.ts';
import { Connections } from '../transport/connections.ts';
import type { TlsProfile } from '../transport/connections.ts';
import { parseEndpointUrl } from '../transport/endpoint.ts';
import { describeFailure, exchange } from '../transport/exchange.ts';
import type { Answer } from '../transport/exchange.ts';
import { TokenSource } from '../transport/oauth.ts';
import type { OAuthProfile } from '../transport/oauth.ts';
import { classifyStatus } from '../transport/statuses.ts';
import { TtlCache } from './cache.ts';
import type { Keepable } from './cache.ts';
import { discoveryError } from './directory.ts';
import type { DirectorySource } from './directory.ts';
import { recordSource } from './records.ts';
import type { ParticipantRecord } from './records.ts';

export interface AddressBookOptions {
  /**
   * HTTPS address of the book. With `{domain}` (and `{role}`) in it, every participant is asked for on its own and
   * the answer is one entry, or 404. Without, the answer is the whole book: `{ "participants": [entry, …] }`.
   *
   * An entry: `{ "domain": "dso.example.com", "role": "DSO", "publicKeys": ["cs1.…"], "endpoint": "https://…",
   * "versions": ["3.1.0"] }`. `publicKey` for a single key is read too, further fields are ignored, `role` may be
   * absent from a single entry, and so may `endpoint` where a broker carries the messages.
   */
  readonly url: string;
  readonly allowHttp?: boolean;
  /** Trust and client certificate for the servers of the book and of its tokens. */
  readonly tls?: TlsProfile;
  /** Credentials for the book, where it wants a token. */
  readonly oauth?: Omit<OAuthProfile, 'tls'>;
  /**
   * Names of the profiles that endpoints found here are to be used with. The book itself cannot name any: it must
   * not be able to have our credentials sent to an address of its choice.
   */
  readonly profiles?: { readonly tls?: string; readonly oauth?: string };
  /** How long an answer is kept where its Cache-Control does not say, and at most. Default one hour. */
  readonly ttlMs?: number;
  /** How long an absence is kept. Default one minute. */
  readonly negativeTtlMs?: number;
  readonly timeoutMs?: number;
  readonly clock?: Clock;
}

/** A directory source that holds connections. */
export interface AddressBookSource extends DirectorySource {
  close(): Promise<void>;
}

const entrySchema = z.object({
  domain: z.string(),
  role: z.enum(ROLES).optional(),
  publicKey: z.string().optional(),
  publicKeys: z.array(z.string()).max(8).optional(),
  endpoint: z.string().nullish(),
  versions: z.array(z.string()).optional(),
});
type Entry = z.infer<typeof entrySchema>;

const bookSchema = z.object({ participants: z.array(z.unknown()) });

const BODY_LIMIT = 8 * 1024 * 1024;
/** What some servers send with everything (`max-age=0`) must not cost a request for every message. */
const MINIMUM_TTL_MS = 60_000;

/** One fetched document, read: how to find a participant in it. Undefined: the server says there is none. */
type Page = ((domain: string, role: Role) => ParticipantRecord | undefined) | undefined;

/** An address book kept by a central authority, read over HTTPS and kept up to date by ETag. */
export function addressBookSource(options: AddressBookOptions): AddressBookSource {
  const { ttlMs = 3_600_000, negativeTtlMs = 60_000, timeoutMs = 10_000, clock = systemClock } = options;
  const connections = new Connections({ book: options.tls ?? {} }, timeoutMs);
  const tokens =
    options.oauth && new TokenSource({ ...options.oauth, tls: 'book' }, connections, timeoutMs, clock);
  const cache = new TtlCache<Page>(clock);
  const latest = new Map<string, { etag: string; page: Page }>();
  const single = options.url.includes('{domain}');
  parseEndpointUrl(addressFor('a.example', 'DSO'), options.allowHttp);

  function addressFor(domain: string, role: Role): string {
    return options.url.replaceAll('{domain}', domain).replaceAll('{role}', role);
  }

  async function fetchPage(address: string): Promise<Keepable<Page>> {
    const known = latest.get(address);
    const answer = await get(address, known?.etag);
    if (answer.status === 304 && known) return { value: known.page, ttlMs: timeToKeep(answer) };
    if (answer.status === 404 && single) return { value: undefined, ttlMs: negativeTtlMs };
    if (answer.status !== 200) {
      const kind = classifyStatus(answer.status).outcome === 'permanent' ? 'permanent' : 'temporary';
      throw discoveryError(kind, `The address book answered ${answer.status}.`);
    }
    const page = single ? readEntryPage(answer.body) : readBookPage(answer.body);
    const etag = answer.header('etag');
    if (etag) latest.set(address, { etag, page });
    else latest.delete(address);
    return { value: page, ttlMs: timeToKeep(answer) };
  }

  function timeToKeep(answer: Answer): number {
    const [, seconds] = /(?:^|[\s,])max-age=(\d{1,9})/i.exec(answer.header('cache-control') ?? '') ?? [];
    return seconds === undefined ? ttlMs : Math.min(Math.max(Number(seconds) * 1000, MINIMUM_TTL_MS), ttlMs);
  }

  async function get(address: string, etag: string | undefined): Promise<Answer> {
    const signal = AbortSignal.timeout(timeoutMs);
    const send = (token: string | undefined): Promise<Answer> =>
      exchange({
        method: 'GET',
        url: parseEndpointUrl(address, options.allowHttp),
        headers: {
          accept: 'application/json',
          ...(etag !== undefined && { 'if-none-match': etag }),
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        dispatcher: connections.pool('book'),
        signal,
        bodyLimit: BODY_LIMIT,
      });
    try {
      const token = await tokens?.token();
      const answer = await send(token);
      return answer.status === 401 && tokens ? await send(await tokens.token(token)) : answer;
    } catch (error) {
      if (error instanceof UftpError) {
        const kind = error.code === 'uftp.token-permanent' ? 'permanent' : 'temporary';
        throw discoveryError(kind, `The address book was not asked: ${error.message}`, error);
      }
      const why = describeFailure(error, signal.aborted);
      throw discoveryError('temporary', `The address book gave no answer: ${why}.`, error);
    }
  }

  function recordOf(entry: Entry): ParticipantRecord {
    return {
      publicKeys: entry.publicKeys ?? (entry.publicKey === undefined ? [] : [entry.publicKey]),
      ...(entry.endpoint != null && { endpoint: { url: entry.endpoint, ...options.profiles } }),
      ...(entry.versions && { versions: entry.versions }),
    };
  }

  function readEntryPage(body: string): Page {
    const raw = parseJson(body);
    return (domain, role) => {
      const entry = readEntry(raw, domain, role);
      if (entry.domain !== domain || (entry.role ?? role) !== role) {
        throw discoveryError(
          'permanent',
          `The address book answered about another participant than ${role} ${domain}.`,
        );
      }
      return recordOf(entry);
    };
  }

  function readBookPage(body: string): Page {
    const book = bookSchema.safeParse(parseJson(body));
    if (!book.success) throw discoveryError('temporary', 'The address book answered with something else.');
    const index = new Map<string, unknown[]>();
    for (const raw of book.data.participants) {
      const { domain, role } = Object(raw) as { domain?: unknown; role?: unknown };
      const name = `${String(role)} ${String(domain)}`;
      index.set(name, [...(index.get(name) ?? []), raw]);
    }
    return (domain, role) => {
      const [raw, ...more] = index.get(`${role} ${domain}`) ?? [];
      if (raw === undefined) return undefined;
      if (more.length > 0)
        throw discoveryError('permanent', `The address book names ${role} ${domain} twice.`);
      return recordOf(readEntry(raw, domain, role));
    };
  }

  const source = recordSource('address book', async (domain, role) => {
    const address = addressFor(domain, role);
    const page = await cache.get(address, () => fetchPage(address));
    return page?.(domain, role);
  });
  return { ...source, close: () => connections.close() };
}

function readEntry(raw: unknown, domain: string, role: Role): Entry {
  const entry = entrySchema.safeParse(raw);
  if (entry.success) return entry.data;
  const where = entry.error.issues[0]?.path.join('.') || 'its form';
  throw discoveryError('permanent', `The address book entry of ${role} ${domain} is broken: see ${where}.`);
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw discoveryError('temporary', 'The address book answered with something that is not JSON.', cause);
  }
}
