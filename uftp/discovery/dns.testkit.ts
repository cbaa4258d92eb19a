/** A real DNS server on loopback for tests, UDP and TCP on one port. */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import dnsPacket from 'dns-packet';
import type { Answer, Question } from 'dns-packet';

export interface Reply {
  /** NOERROR unless given. */
  rcode?: 'NOERROR' | 'SERVFAIL' | 'NXDOMAIN' | 'REFUSED';
  authenticated?: boolean;
  answers?: Answer[];
  authorities?: Answer[];
  /** Over UDP only a truncated head is sent. */
  truncated?: boolean;
  /** Packets sent before the right one, made from it. */
  noise?: (packet: Buffer) => Buffer[];
}

export interface DnsServer {
  readonly port: number;
  /** `TXT _usef.example.com` and so on, in the order asked; `tcp` in front where asked over TCP. */
  readonly asked: string[];
  close(): Promise<void>;
}

const RCODES = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 };

/** Answers every question by `reply`; undefined means silence. */
export async function serveDns(reply: (question: Question) => Reply | undefined): Promise<DnsServer> {
  const asked: string[] = [];

  function respond(query: Buffer, tcp: boolean): Buffer[] {
    const { id, questions } = dnsPacket.decode(query);
    const question = questions![0]!;
    asked.push(`${tcp ? 'tcp ' : ''}${question.type} ${question.name}`);
    const answer = reply(question);
    if (!answer) return [];
    const {
      rcode = 'NOERROR',
      authenticated = true,
      answers = [],
      authorities = [],
      truncated,
      noise,
    } = answer;
    const cut = truncated === true && !tcp;
    const flags =
      dnsPacket.RECURSION_DESIRED |
      dnsPacket.RECURSION_AVAILABLE |
      (authenticated ? dnsPacket.AUTHENTIC_DATA : 0) |
      (cut ? dnsPacket.TRUNCATED_RESPONSE : 0) |
      RCODES[rcode];
    const sections = cut ? {} : { answers, authorities };
    const packet = dnsPacket.encode({ type: 'response', id: id!, flags, questions: questions!, ...sections });
    return [...(noise?.(packet) ?? []), packet];
  }

  const tcp = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (data) => {
      for (const packet of respond(data.subarray(2), true)) {
        const length = Buffer.alloc(2);
        length.writeUInt16BE(packet.length);
        // In two pieces, a turn of the event loop apart, so that the reader has to put them together.
        socket.setNoDelay().write(length, () => setImmediate(() => setImmediate(() => socket.end(packet))));
      }
    });
  });
  await new Promise<void>((ready) => tcp.listen(0, '127.0.0.1', ready));
  const { port } = tcp.address() as AddressInfo;

  const udp = createSocket('udp4');
  udp.on('message', (query, from) => {
    for (const packet of respond(query, false)) udp.send(packet, from.port, from.address);
  });
  await new Promise<void>((ready) => udp.bind(port, '127.0.0.1', ready));

  return {
    port,
    asked,
    close: () => new Promise((closed) => udp.close(() => tcp.close(() => closed()))),
  };
}

/** A zone of records by `TYPE name`; everything else is NXDOMAIN. TXT values may be given as several strings. */
export function zone(records: Record<string, string | string[]>, ttl = 300): (question: Question) => Reply {
  return ({ type, name }) => {
    const data = records[`${type} ${name}`];
    if (data === undefined) return { rcode: 'NXDOMAIN' };
    const answer = { type, name, ttl, data } as Answer;
    return { answers: [answer] };
  };
}
