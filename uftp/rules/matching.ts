import { VERSIONS } from '../definition/version.ts';
import type { MessageType } from '../messages/index.ts';
import { textOf } from './judge.ts';
import { RULES, type RuleName } from './table.ts';
import { reasonsIn, wordingKey } from './wording.ts';

/** Wordings of peers that differ from the spec by more than case, spacing and punctuation. */
const VARIANTS: readonly (readonly [RuleName, string])[] = [
  ['sender-mismatch', 'Invalid Sender (not matching envelope)'],
  ['message-not-for-role', 'Invalid Sender (not matching role)'],
  ['isp-conflict', 'Overlapping ISPs conflict'],
  ['expires-after-isps', 'ExpirationDateTime out of bounds (ISPs related)'],
  ['requested-power-discrepancy', "One or more ISPs with a 'Requested' disposition has no direction"],
  ['activation-factor-out-of-bounds', 'Min activation factor must be between'],
  ['offer-unsolicited-mark', 'FlexRequestMessageID must (only) be present'],
  ['order-unsolicited-mark', 'FlexOfferMessageID must (only) be present'],
  ['power-mismatch', 'Ordered flexibility does not match'],
  ['isp-mismatch', 'ISPs from the FlexOrder do not match'],
  ['price-mismatch', 'Price in the order does not match'],
  ['request-mismatch', "None of the ISPs with a 'requested' disposition"],
  ['no-baseline', 'Unknown reference BaselineReference'],
  ['baseline-mismatch', 'Unknown reference BaselineReference'],
  ['answered-message-unknown', 'Unknown reference Request message ID'],
  ['flex-request-unknown', 'Unknown Reference'],
  ['flex-offer-unknown', 'Unknown Reference'],
  ['answered-message-unknown', 'Unknown Reference'],
];

interface Wording {
  readonly key: string;
  readonly rule: RuleName;
  readonly messages: readonly MessageType[];
}

/** Longest first: a longer wording says more than one it begins with. */
const WORDINGS: readonly Wording[] = RULES.flatMap((rule) => {
  const texts = [...VERSIONS, 'next' as const].flatMap((version) =>
    rule.messages.map((type) => textOf(rule, version, type)),
  );
  const variants = VARIANTS.flatMap(([name, variant]) => (name === rule.name ? [variant] : []));
  const keys = new Set([...texts, ...variants].map(wordingKey));
  return [...keys].map((key) => ({ key, rule: rule.name, messages: rule.messages }));
}).sort((a, b) => b.key.length - a.key.length);

const LONGEST_REASON = 1000;

/**
 * The rule that a peer's reason means, or undefined for a reason of its own. Explanations behind a known wording
 * are ignored. Where rules share a wording, the first of the table that applies to `type` is given.
 *
 * @param type the type of the rejected message, not of the response
 */
export function matchReason(reason: string, type?: MessageType): RuleName | undefined {
  const key = wordingKey(reason.slice(0, LONGEST_REASON));
  return WORDINGS.find(
    (wording) => key.startsWith(wording.key) && (type === undefined || wording.messages.includes(type)),
  )?.rule;
}

/** One reason of a RejectionReason, and the rule it means. */
export interface MatchedReason {
  readonly text: string;
  readonly rule: RuleName | undefined;
}

/** A RejectionReason taken apart at its semicolons. */
export function matchReasons(rejectionReason: string, type?: MessageType): MatchedReason[] {
  return reasonsIn(rejectionReason).map((text) => ({ text, rule: matchReason(text, type) }));
}
