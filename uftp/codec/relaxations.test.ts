import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RelaxationName } from '../definition/element.ts';
import { type UftpError } from '../errors.ts';
import { fullDrafts } from '../messages/arbitrary.testkit.ts';
import type { MessageDraft, MessageType } from '../messages/index.ts';
import { ALL_RELAXATIONS, decode, encode, RELAXATIONS, STRICT } from './index.ts';

function draftOf<T extends MessageType>(type: T): MessageDraft<T> {
  return fc.sample(fullDrafts(type, '3.1.0'), { seed: 7, numRuns: 1 })[0]!;
}

const changed = (type: MessageType, change: Record<string, unknown>): MessageDraft =>
  ({ ...draftOf(type), ...change }) as MessageDraft;

/** For every relaxation, the messages it is there for. */
const TOLERATED: Record<RelaxationName, MessageDraft[]> = {
  'portfolio-update-without-connection': [changed('AGRPortfolioUpdate', { Connection: [] })],
  'settlement-without-contract-settlement': [changed('FlexSettlement', { ContractSettlement: [] })],
  'settlement-without-order-settlement': [changed('FlexSettlement', { FlexOrderSettlement: [] })],
  'settlement-without-result': [changed('FlexSettlement', { Result: undefined })],
  'settlement-response-without-status': [
    changed('FlexSettlementResponse', { Result: 'Rejected', FlexOrderSettlementStatus: [] }),
  ],
  'query-response-without-view': [
    changed('AGRPortfolioQueryResponse', { DSOView: [] }),
    changed('AGRPortfolioQueryResponse', { DSOView: [{ DSOPortfolio: [], Connection: [] }] }),
  ],
  'test-message-response-with-result': [
    changed('TestMessageResponse', { Result: 'Accepted' }),
    changed('TestMessageResponse', { Result: 'Rejected', RejectionReason: 'no' }),
  ],
  'metering-ean-of-18-digits': [changed('Metering', { EAN: 'E871685900012636543' })],
};

const SCHEMA_INVALID = expect.objectContaining({ code: 'uftp.schema-invalid' }) as UftpError;

describe.each(RELAXATIONS)('$name', ({ name, tolerates, because }) => {
  const alone = new Set([name]);
  const others = new Set([...ALL_RELAXATIONS].filter((other) => other !== name));

  it.each(TOLERATED[name])('is needed to send and to read what it tolerates', (draft) => {
    expect(() => encode(draft)).toThrow(SCHEMA_INVALID);
    expect(() => encode(draft, { relaxations: others })).toThrow(SCHEMA_INVALID);

    const document = encode(draft, { relaxations: alone });
    expect(() => decode(document, { relaxations: STRICT })).toThrow(SCHEMA_INVALID);
    expect(() => decode(document, { relaxations: others })).toThrow(SCHEMA_INVALID);
    expect(decode(document, { relaxations: alone })).toMatchObject({ type: draft.type });
    expect(decode(document)).toMatchObject({ MessageID: draft.MessageID });
  });

  it('says what it tolerates, and why', () => {
    expect([tolerates, because].every((sentence) => sentence.endsWith('.'))).toBe(true);
  });
});

describe('what relaxed messages read as', () => {
  it('a FlexSettlement without Result reads as Accepted, which means nothing there', () => {
    const document = encode(TOLERATED['settlement-without-result'][0]!, { relaxations: ALL_RELAXATIONS });
    expect(decode(document)).toMatchObject({ Result: 'Accepted' });
  });

  it('an EAN has 16 or 18 digits, never 17', () => {
    const seventeen = changed('Metering', { EAN: 'E87168590001263654' });
    expect(() => encode(seventeen, { relaxations: ALL_RELAXATIONS })).toThrow(SCHEMA_INVALID);
  });
});
