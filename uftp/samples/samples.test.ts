import { describe, expect, it } from 'vitest';
import { decode, encode, STRICT } from '../codec/index.ts';
import { VERSIONS } from '../definition/version.ts';
import { answeredMessageId, definitionOf, MESSAGES, type MessageType } from '../messages/index.ts';
import { sampleOf } from './index.ts';

const TYPES = Object.keys(MESSAGES) as MessageType[];

describe.each(VERSIONS)('samples of version %s', (version) => {
  it.each(TYPES)('%s is valid, and the same every time', (type) => {
    const document = encode(sampleOf(type, version));
    expect(document).toEqual(encode(sampleOf(type, version)));
    const message = decode(document, { relaxations: STRICT });
    expect(message).toMatchObject({ type, Version: version });
    expect(answeredMessageId(message) !== undefined).toBe(definitionOf(type).answers !== undefined);
  });
});

describe('sampleOf', () => {
  it('takes overrides, a clock and ids', () => {
    const clock = { now: () => new Date('2027-03-27T10:00:00Z') };
    const newId = () => '33333333-3333-4333-8333-333333333333';
    expect(sampleOf('FlexRequest', '3.0.0', { Revision: 7 }, { clock, newId })).toMatchObject({
      Version: '3.0.0',
      TimeStamp: '2027-03-27T10:00:00.000Z',
      MessageID: newId(),
      Period: '2027-03-28',
      ExpirationDateTime: '2027-03-27T18:00:00.000Z',
      Revision: 7,
    });
  });
});
