import { afterAll, describe, expect, it } from 'vitest';
import { decode, encode, readSignedMessage, writeSignedMessage } from '../../uftp/codec/index.ts';
import { keyOf } from '../../uftp/definition/element.ts';
import { VERSIONS } from '../../uftp/definition/version.ts';
import { definitionOf, MESSAGES, type MessageType } from '../../uftp/messages/index.ts';
import { sampleOf } from '../../uftp/samples/index.ts';
import { decodeBase64Strict, encodeBase64, open, seal, SecretKey } from '../../uftp/signing/index.ts';
import { startPythonCodec } from '../peer/python-codec.ts';
import { pythonPeer } from '../peer/python-env.ts';

const TYPES = Object.keys(MESSAGES) as MessageType[];
const peer = await pythonPeer(console.info);
if ('missing' in peer) console.warn(`Skipped: ${peer.missing}.`);
const python = 'missing' in peer ? undefined : startPythonCodec(peer);
afterAll(() => python?.close());

const key = SecretKey.parse(Buffer.from(Uint8Array.from({ length: 32 }, (_, n) => n)).toString('base64'));

/** The library writes money with four decimals, and the rest as the schema does. */
const comparable = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (name, each: unknown) =>
      typeof each === 'string' && /^(?:Price|Penalty|NetSettlement|.*Factor|Value)$/.test(name)
        ? Number(each)
        : each,
    ),
  );

describe.skipIf(!python).each(VERSIONS)('with the Python library, in version %s', (version) => {
  it.each(TYPES)('%s goes there and back, verified on both sides', async (type) => {
    const payload = encode(sampleOf(type, version));
    const { SenderDomain } = decode(payload);
    const wire = writeSignedMessage({
      SenderDomain,
      SenderRole: 'DSO',
      Body: encodeBase64(seal(payload, key)),
    });

    const reply = await python!.ask({ do: 'return', wire });

    expect(reply.type?.toLowerCase()).toBe(keyOf(type).toLowerCase());
    const wrapper = readSignedMessage(Buffer.from(reply.wire!, 'base64'));
    const returned = decode(open(decodeBase64Strict(wrapper.Body), [key.publicKey]).payload);
    expect(comparable(returned)).toEqual(comparable(afterPython(type, decode(payload))));
  });

  it('a message changed on the way is refused there', async () => {
    const sealed = seal(encode(sampleOf('FlexRequest', version)), key);
    sealed[100]! ^= 1;
    const Body = encodeBase64(sealed);
    const wire = writeSignedMessage({ SenderDomain: 'dso.example.com', SenderRole: 'DSO', Body });
    await expect(python!.ask({ do: 'return', wire })).rejects.toThrow('InvalidSignatureException');
  });
});

/** What the library adds: a Result wherever its classes have one, the TestMessageResponse of 3.x included. */
function afterPython(type: MessageType, message: object): object {
  const hasResult = definitionOf(type).attributes['Result'] !== undefined;
  return hasResult ? { Result: 'Accepted', ...message } : message;
}
