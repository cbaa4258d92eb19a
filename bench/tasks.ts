import { decode, encode, readSignedMessage, writeSignedMessage } from '../uftp/codec/index.ts';
import type { MessageDraft } from '../uftp/messages/index.ts';
import { sampleOf } from '../uftp/samples/index.ts';
import { decodeBase64Strict, encodeBase64, open, seal, SecretKey } from '../uftp/signing/index.ts';

/** `read`: wrapper, signature, payload, schema of a FlexRequest. `write`: build and sign a FlexOffer. */
export type Task = 'read' | 'write';
export const TASKS: readonly Task[] = ['read', 'write'];

/** A program that does the tasks, as often a second as it can on one thread. */
export interface Contender {
  readonly name: string;
  rate(task: Task, seconds: number): Promise<number>;
  close(): void;
}

const DAY = Array.from({ length: 96 }, (_, index) => index + 1);

const request = sampleOf('FlexRequest', '3.1.0', {
  ISP: DAY.map((Start) => ({
    Disposition: Start > 68 && Start < 73 ? 'Requested' : 'Available',
    MinPower: -6000 - Start,
    MaxPower: -100,
    Start,
    Duration: 1,
  })),
});
const offer = sampleOf('FlexOffer', '3.1.0', {
  OfferOption: [
    {
      OptionReference: 'A',
      Price: '42.00',
      MinActivationFactor: '1.00',
      ISP: DAY.map((Start) => ({ Power: -6000 - Start, Start, Duration: 1 })),
    },
  ],
});

/** The key whose seed is 00 01 ... 1f, on every side. */
const seed = Uint8Array.from({ length: 32 }, (_, index) => index);
const key = SecretKey.fromSeed(seed);
/** The same in the Base64 of 64 and 32 bytes. It signs nothing but what is measured here. */
export const KEY = {
  secret: encodeBase64(Buffer.concat([seed, key.publicKey.bytes])),
  public: encodeBase64(key.publicKey.bytes),
};

const write = (draft: MessageDraft): Uint8Array =>
  writeSignedMessage({
    SenderDomain: draft.SenderDomain,
    SenderRole: 'DSO',
    Body: encodeBase64(seal(encode(draft), key)),
  });

/** What goes over the wire: each contender reads the one, and reads the other once to build it again and again. */
export const wires: Record<Task, Uint8Array> = { read: write(request), write: write(offer) };

const steps: Record<Task, () => unknown> = {
  read: () => decode(open(decodeBase64Strict(readSignedMessage(wires.read).Body), [key.publicKey]).payload),
  write: () => write(offer),
};

export const flexor: Contender = {
  name: 'Flexor',
  rate(task, seconds) {
    const step = steps[task];
    const start = performance.now();
    let count = 0;
    let elapsed = 0;
    while ((elapsed = performance.now() - start) < seconds * 1000) {
      step();
      count += 1;
    }
    return Promise.resolve((count / elapsed) * 1000);
  },
  close() {},
};
