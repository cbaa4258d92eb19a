import { encode, writeSignedMessage } from '../../uftp/codec/index.ts';
import { VERSIONS } from '../../uftp/definition/version.ts';
import { MESSAGES, type MessageType } from '../../uftp/messages/index.ts';
import { sampleOf } from '../../uftp/samples/index.ts';

/** Every sample, bare and in its wrapper, and documents of the kind that break readers. */
function corpus(): Uint8Array[] {
  const payloads = VERSIONS.flatMap((version) =>
    (Object.keys(MESSAGES) as MessageType[]).map((type) => encode(sampleOf(type, version))),
  );
  const wrappers = payloads.slice(0, 8).map((payload) =>
    writeSignedMessage({
      SenderDomain: 'dso.example.com',
      SenderRole: 'DSO',
      Body: Buffer.from(payload).toString('base64'),
    }),
  );
  const nasty = [
    '',
    '<?xml version="1.0" encoding="UTF-8"?><TestMessage/>',
    '<!DOCTYPE a [<!ENTITY b "c">]><a/>',
    '<a>'.repeat(50),
  ];
  return [...payloads, ...wrappers, ...nasty.map((text) => Buffer.from(text))];
}

const TOKENS = [
  '<',
  '>',
  '/',
  '"',
  "'",
  '=',
  ' ',
  '&',
  ';',
  '&amp;',
  '&#0;',
  '&#x10FFFF;',
  '<!--',
  '-->',
  '<![CDATA[',
  ']]>',
  '<?',
  '?>',
]
  .concat([
    '<!DOCTYPE',
    '<ISP/>',
    '</ISP>',
    '<__proto__/>',
    ' constructor="1"',
    ' __proto__=""',
    ' xmlns="x"',
    ' Power="1"',
  ])
  .concat([
    ' Start="1"',
    '\u0000',
    '\ufeff',
    '\r\n',
    '\ud7ff',
    '\u{1f50b}',
    '9'.repeat(40),
    '-',
    '.',
    'E',
    'PT',
    'Z',
    '3.0.0',
    'x'.repeat(300),
  ])
  .map((token) => Buffer.from(token));

/** A small generator of numbers from a seed (mulberry32): the same seed, the same inputs, on every machine. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const splice = (bytes: Uint8Array, from: number, to: number, put: Uint8Array): Uint8Array =>
  Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(to)]);

/** Input number `index` of a run: it depends on nothing but the seed and its number. */
export function fuzzInputs(seed: number): (index: number) => Uint8Array {
  const documents = corpus();
  return (index) => {
    const below = numbersFrom(seed ^ Math.imul(index + 1, 0x9e3779b1));
    let bytes = documents[below(documents.length)]!;
    for (let changes = 1 + below(5); changes > 0; changes -= 1) {
      const from = below(bytes.length + 1);
      const to = Math.min(bytes.length, from + below(1 << below(8)));
      switch (below(7)) {
        case 0:
          bytes = splice(bytes, from, from, TOKENS[below(TOKENS.length)]!);
          break;
        case 1:
          bytes = splice(bytes, from, to, TOKENS[below(TOKENS.length)]!);
          break;
        case 2:
          bytes = splice(bytes, from, to, new Uint8Array());
          break;
        case 3:
          bytes = splice(bytes, from, from, bytes.subarray(from, to));
          break;
        case 4:
          bytes = splice(bytes, from, from + 1, Uint8Array.of(below(256)));
          break;
        case 5:
          bytes = below(8) === 0 ? bytes.subarray(0, from) : bytes;
          break;
        default: {
          const other = documents[below(documents.length)]!;
          const start = below(other.length + 1);
          bytes = splice(bytes, from, to, other.subarray(start, start + below(200)));
        }
      }
    }
    return bytes;
  };
}
