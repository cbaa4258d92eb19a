import { isDeepStrictEqual } from 'node:util';
import { ALL_RELAXATIONS, decode, encode, readSignedMessage, STRICT } from '../../uftp/codec/index.ts';
import { UftpError } from '../../uftp/errors.ts';
import type { Message } from '../../uftp/messages/index.ts';
import { fuzzInputs } from './fuzz-input.ts';

/** A process of its own, `fuzz-run.ts SEED INPUTS`: it tells its parent how far it is, and counts outcomes. */
const [seed, inputs] = process.argv.slice(2).map(Number) as [number, number];
const BLOCK = 500;
const CODES = new Set([
  'uftp.xml-malformed',
  'uftp.xml-limit',
  'uftp.schema-invalid',
  'uftp.message-unknown',
]);

/** What was read, or the stable code of the refusal. Everything else that is thrown ends the run. */
function outcome<T>(read: () => T): T | string {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof UftpError && CODES.has(thrown.code)) return thrown.code;
    throw thrown;
  }
}

/** A message that was read can be sent on and read again, or is refused with a code; it never changes. */
function checkReturn(message: Message): void {
  const again = outcome(() => decode(encode(message, { relaxations: ALL_RELAXATIONS })));
  if (typeof again !== 'string' && !isDeepStrictEqual(again, message))
    throw new Error('changed on the way back');
}

const counts: Record<string, number> = {};
const count = (result: unknown): void => {
  const name = typeof result === 'string' ? result : 'read';
  counts[name] = (counts[name] ?? 0) + 1;
};

const input = fuzzInputs(seed);
for (let index = 0; index < inputs; index += 1) {
  if (index % BLOCK === 0) process.send?.({ index });
  const bytes = input(index);
  try {
    count(outcome(() => readSignedMessage(bytes)));
    const message = outcome(() => decode(bytes));
    count(message);
    if (typeof message !== 'string') checkReturn(message);
    const strict = outcome(() => decode(bytes, { relaxations: STRICT }));
    if (typeof strict !== 'string' && typeof message === 'string') throw new Error('strict takes more');
  } catch (thrown) {
    const text = Buffer.from(bytes).toString('base64');
    throw new Error(`Seed ${seed}, input ${index}: ${String(thrown)}: ${text}`, { cause: thrown });
  }
}
process.send?.({ counts });
