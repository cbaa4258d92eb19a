import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { getServers } from 'node:dns';
import { connect, isIPv6 } from 'node:net';
import dnsPacket from 'dns-packet';
import type { Answer, DecodedPacket } from 'dns-packet';
import { discoveryError } from './directory.ts';

export type DnsType = 'TXT' | 'CNAME';

/** An answer of a resolver. */
export interface DnsAnswer {
  /** NOERROR, NXDOMAIN, SERVFAIL … */
  readonly rcode: string;
  /** The AD flag: the resolver validated everything in the answer by DNSSEC. */
  readonly authenticated: boolean;
  /** The data of the records of the type asked for: joined TXT strings, CNAME targets. */
  readonly values: readonly string[];
  /** How long the answer, or the absence of one (RFC 2308), may be kept. Seconds. */
  readonly ttlSeconds: number | undefined;
}

/** The way to DNS. Rejects when no answer arrives. */
export interface DnsResolver {
  query(name: string, type: DnsType): Promise<DnsAnswer>;
}

export interface ResolverOptions {
  /** The first server of the system unless given. */
  readonly address?: string;
  readonly port?: number;
  /** For each try. */
  readonly timeoutMs?: number;
  readonly tries?: number;
}

/**
 * Asks one recursive resolver over UDP, and over TCP where the answer does not fit. Node's own resolver hides the
 * AD flag, and UFTP trusts DNS only behind it. The flag is worth what the way to the resolver is worth: let a
 * validating resolver run on this machine or in a trusted network.
 */
export function createResolver(options: ResolverOptions = {}): DnsResolver {
  const { timeoutMs = 2_000, tries = 3 } = options;
  const server = options.address
    ? { address: options.address, port: options.port ?? 53 }
    : { ...systemServer(), ...(options.port !== undefined && { port: options.port }) };

  async function query(name: string, type: DnsType): Promise<DnsAnswer> {
    let failure: unknown;
    for (let attempt = 0; attempt < tries; attempt += 1) {
      const question = encodeQuestion(name, type);
      const timeout = AbortSignal.timeout(timeoutMs);
      try {
        const overUdp = await askByUdp(server, question, timeout);
        const packet = isTruncated(overUdp) ? await askByTcp(server, question, timeout) : overUdp;
        return readAnswer(dnsPacket.decode(packet), type);
      } catch (error) {
        failure = error;
      }
    }
    throw discoveryError('temporary', `The DNS resolver gave no answer for ${type} ${name}.`, failure);
  }

  return { query };
}

interface Server {
  readonly address: string;
  readonly port: number;
}

/** Node writes servers as `1.2.3.4`, `1.2.3.4:53`, `::1` or `[::1]:53`. */
function systemServer(): Server {
  const first = getServers()[0] ?? '127.0.0.1';
  if (isIPv6(first)) return { address: first, port: 53 };
  const [, v6, v4, port] = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(first) ?? [];
  return { address: v6 ?? v4 ?? '127.0.0.1', port: Number(port ?? 53) };
}

function encodeQuestion(name: string, type: DnsType): Buffer {
  return dnsPacket.encode({
    type: 'query',
    id: randomInt(65_536),
    // AD in a query asks for AD in the answer (RFC 6840, section 5.7).
    flags: dnsPacket.RECURSION_DESIRED | dnsPacket.AUTHENTIC_DATA,
    questions: [{ name, type, class: 'IN' }],
    additionals: [
      {
        type: 'OPT',
        name: '.',
        udpPayloadSize: 1232,
        extendedRcode: 0,
        ednsVersion: 0,
        flags: 0,
        flag_do: false,
        options: [],
      },
    ],
  });
}

function isTruncated(packet: Buffer): boolean {
  return (packet[2]! & 0x02) !== 0;
}

/** True for a response to this very question: id, name and type must be ours, whatever else is sent to our port. */
function answers(packet: Buffer, question: Buffer): boolean {
  if (packet.length < 12 || packet.readUInt16BE(0) !== question.readUInt16BE(0) || !(packet[2]! & 0x80))
    return false;
  try {
    const [asked] = dnsPacket.decode(question).questions!;
    // A truncated packet may end in the middle of a record: only its head and question are read here.
    const head = Buffer.from(packet);
    head.fill(0, 6, 12);
    const [echoed] = dnsPacket.decode(head).questions!;
    return echoed?.type === asked!.type && echoed.name.toLowerCase() === asked!.name.toLowerCase();
  } catch {
    return false;
  }
}

/** A fresh socket, and so a fresh port, for each question; connected, so that only the server's packets arrive. */
function askByUdp(server: Server, question: Buffer, timeout: AbortSignal): Promise<Buffer> {
  const socket = createSocket(isIPv6(server.address) ? 'udp6' : 'udp4');
  const answer = new Promise<Buffer>((resolve, reject) => {
    socket.on('message', (packet) => {
      if (answers(packet, question)) resolve(packet);
    });
    socket.on('error', reject);
    timeout.addEventListener('abort', () => reject(timeout.reason), { once: true });
    socket.connect(server.port, server.address, () => socket.send(question));
  });
  return answer.finally(() => socket.close());
}

function askByTcp(server: Server, question: Buffer, timeout: AbortSignal): Promise<Buffer> {
  const socket = connect({ host: server.address, port: server.port });
  const answer = new Promise<Buffer>((resolve, reject) => {
    let received = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const length = received.length >= 2 ? received.readUInt16BE(0) : Infinity;
      if (received.length < length + 2) return;
      const packet = received.subarray(2, length + 2);
      if (answers(packet, question)) resolve(packet);
      else reject(new Error('the answer is not to the question'));
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the connection was closed')));
    timeout.addEventListener('abort', () => reject(timeout.reason), { once: true });
    const length = Buffer.alloc(2);
    length.writeUInt16BE(question.length);
    socket.write(Buffer.concat([length, question]));
  });
  return answer.finally(() => socket.destroy());
}

function readAnswer(packet: DecodedPacket, type: DnsType): DnsAnswer {
  const records = (packet.answers ?? []).filter((record) => record.type === type);
  const ttls = (packet.answers ?? []).flatMap((record) => ('ttl' in record ? (record.ttl ?? []) : []));
  return {
    rcode: (packet as unknown as { rcode: string }).rcode,
    authenticated: packet.flag_ad,
    values: records.map(textOf),
    ttlSeconds: records.length > 0 ? Math.min(...ttls) : negativeTtl(packet.authorities ?? []),
  };
}

function textOf(record: Answer): string {
  if (record.type === 'CNAME') return record.data;
  // A TXT record is a list of strings; a key that is longer than one of them continues in the next.
  if (record.type === 'TXT')
    return Buffer.concat([record.data].flat().map((part) => Buffer.from(part))).toString('utf8');
  return '';
}

/** RFC 2308, section 5: the smaller of the SOA's own TTL and its MINIMUM field. */
function negativeTtl(authorities: readonly Answer[]): number | undefined {
  const soa = authorities.find((record) => record.type === 'SOA');
  return soa?.type === 'SOA' ? Math.min(soa.ttl ?? 0, soa.data.minimum ?? 0) : undefined;
}
