import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { matchReason, matchReasons, meansSuccess, RULES } from './index.ts';
import { textOf } from './judge.ts';

describe('reasons of peers', () => {
  it('are recognised in the wording of every version, whatever their case, spacing and punctuation', () => {
    const noise = fc.constantFrom('', ' ', '  ', '-', '_', '.', '"');
    fc.assert(
      fc.property(
        fc.constantFrom(...RULES),
        fc.constantFrom('3.0.0' as const, '3.1.0' as const, 'next' as const),
        fc.nat(),
        fc.array(noise, { minLength: 1, maxLength: 5 }),
        fc.boolean(),
        (rule, version, n, noises, shout) => {
          const type = rule.messages[n % rule.messages.length]!;
          const text = textOf(rule, version, type)
            .split(' ')
            .map((word, i) => word + noises[i % noises.length]!);
          const written = shout ? text.join(' ').toUpperCase() : text.join(' ');
          const found = RULES.find(({ name }) => name === matchReason(written, type));
          // Several rules share one wording: the first is given.
          expect(found && textOf(found, version, type)).toBe(textOf(rule, version, type));
        },
      ),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['Invalid Sender (not matching envelope)', undefined, 'sender-mismatch'],
    ['Invalid Sender (not matching role)', undefined, 'message-not-for-role'],
    ["Invalid Message: 'FlexOffer'", 'FlexOffer', 'message-not-for-role'],
    ['Overlapping ISPs conflict', 'FlexOffer', 'isp-conflict'],
    ['ISPs Out Of Bounds', 'FlexOffer', 'isps-out-of-bounds'],
    ['ISP Duration Rejected', 'FlexOffer', 'isp-duration-rejected'],
    ['TimeZone Rejected', 'FlexOffer', 'time-zone-rejected'],
    ['Time zone rejected', 'FlexOffer', 'time-zone-rejected'],
    ['Expiration DateTime Out Of Bounds', 'FlexOffer', 'expired-on-receipt'],
    ['ExpirationDateTime out of bounds (ISPs related)', 'FlexOffer', 'expires-after-isps'],
    ['Unknown FlexRequestMessageID reference', 'FlexOffer', 'flex-request-unknown'],
    ['Unknown Reference', 'FlexOfferRevocation', 'flex-offer-unknown'],
    ['Unknown reference OptionReference in FlexOrder', 'FlexOrder', 'option-unknown'],
    [
      "None of the ISPs with a 'requested' disposition in the referred FlexRequest",
      'FlexOffer',
      'request-mismatch',
    ],
    ['Subordinate Sequence Number', 'D-Prognosis', 'prognosis-revision-lower'],
    ['Subordinate sequence number', 'FlexRequest', 'request-revision-lower'],
    ['Power value rejection', 'FlexReservationUpdate', 'reservation-raised'],
    ['No MutEx offer support', 'FlexOffer', 'no-mutex-offer-support'],
    ['the moon is full', 'FlexOffer', undefined],
    ['', undefined, undefined],
    ['Flexibility procured', 'FlexOffer', undefined],
  ] as const)('%s (%s) means %s', (reason, type, rule) => expect(matchReason(reason, type)).toBe(rule));

  it('are taken apart at semicolons', () => {
    expect(matchReasons(' ISP conflict; ;Own reason;', 'FlexOffer')).toEqual([
      { text: 'ISP conflict', rule: 'isp-conflict' },
      { text: 'Own reason', rule: undefined },
    ]);
  });
});

test.each([
  ['Accepted', undefined, true],
  ['Rejected', 'Already Submitted', true],
  ['Rejected', 'already submitted.', true],
  ['Rejected', 'Already Submitted;ISP conflict', false],
  ['Rejected', 'ISP conflict', false],
  ['Rejected', undefined, false],
] as const)('%s with reason %s means success: %s', (Result, RejectionReason, success) => {
  expect(meansSuccess({ Result, RejectionReason })).toBe(success);
});
