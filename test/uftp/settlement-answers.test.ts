import { describe, expect, it } from 'vitest';
import { replyTo } from '../../activities/reply.ts';
import { settlementResponse, type SettlementVerdict } from '../../activities/settlement-answer.ts';
import { encode } from '../../uftp/codec/index.ts';
import { VERSIONS } from '../../uftp/definition/version.ts';
import type { Message, MessageDraft } from '../../uftp/messages/index.ts';
import { sampleOf } from '../../uftp/samples/index.ts';
import { hasOfficialSchemas, officialVerdict, whySkipped } from './official-schema.ts';

const lane = hasOfficialSchemas ? describe : describe.skip;
if (!hasOfficialSchemas) console.warn(`Skipped: ${whySkipped}.`);

const sample = sampleOf('FlexSettlement') as Message<'FlexSettlement'>;
/** A settlement whose items have these references. */
const settlement = (...references: (string | undefined)[]): Message<'FlexSettlement'> => ({
  ...sample,
  FlexOrderSettlement: references.map((OrderReference) => ({
    ...sample.FlexOrderSettlement[0]!,
    OrderReference,
  })),
});
const verdict = (changes: Partial<SettlementVerdict> = {}): SettlementVerdict => ({
  rejections: [],
  reasonFor: () => undefined,
  ...changes,
});

const MESSAGES = {
  'of two orders': settlement('O-1', 'O-2'),
  'of orders without reference': settlement(undefined, undefined),
  'of an empty reference': settlement('', 'O-1'),
  'of no order': settlement(),
};
const VERDICTS = {
  accepted: verdict(),
  disputed: verdict({ reasonFor: () => 'Price 1.00, we have 2.00 & < "more"', contractReason: 'too little' }),
  'disputed in part': verdict({ reasonFor: (index) => (index === 0 ? 'listed twice' : undefined) }),
  rejected: verdict({ rejections: ['Missing Settlement Items', 'PeriodEnd rejected'] }),
};

const shapes = Object.entries(MESSAGES).flatMap(([ofWhat, message]) => [
  ...Object.entries(VERDICTS).map(([what, each]) => ({
    ...{ ofWhat, what },
    draft: settlementResponse(message, each) as object,
  })),
  {
    ofWhat,
    what: 'refused before any workflow',
    draft: replyTo(message, ['Duplicate Identifier']) as object,
  },
]);

lane.each(VERSIONS)('the answer to a settlement in version %s follows the official schema', (Version) => {
  const { type: _, FlexOrderSettlementStatus: __, ...envelope } = sampleOf('FlexSettlementResponse', Version);

  it.each(shapes)('$ofWhat, $what', ({ draft }) => {
    const written = encode({ ...envelope, ...draft } as MessageDraft<'FlexSettlementResponse'>);
    expect(officialVerdict(written, Version)).toBeUndefined();
  });
});

describe('the answer to a settlement of no order', () => {
  const statuses = (each: SettlementVerdict) =>
    settlementResponse(MESSAGES['of no order'], each).FlexOrderSettlementStatus;

  it('has one status, of no order', () => {
    expect(statuses(VERDICTS.accepted)).toEqual([{ Disposition: 'Accepted' }]);
    expect(statuses(VERDICTS.disputed)).toEqual([{ Disposition: 'Disputed', DisputeReason: 'too little' }]);
    expect(statuses(VERDICTS.rejected)).toEqual([
      { Disposition: 'Disputed', DisputeReason: 'Missing Settlement Items;PeriodEnd rejected' },
    ]);
  });
});
