import {
  figureDifferences,
  headDifferences,
  type OrderHead,
  type StatedSettlement,
  type Tolerance,
} from './compare.ts';
import type { Lacking } from './delivery.ts';
import { LONGEST_REASON, ranges, reasonOf } from './reason.ts';
import type { OrderSettlement } from './settle.ts';

/** What is done with ISPs that the DSO states and we know nothing of. */
export type UnknownPolicy = 'dispute' | 'accept';

export interface Terms extends Tolerance {
  readonly unknown: UnknownPolicy;
}

/**
 * Why a stated settlement of an order is disputed; undefined where it is accepted. What can be checked is checked
 * first, so that a wrong figure is named even where others are unknown. With `unknown: 'accept'` figures of which
 * we have none are taken from the DSO, as long as its own sum holds.
 */
export function disputeReason(
  stated: StatedSettlement,
  order: OrderHead,
  computed: OrderSettlement,
  terms: Terms,
): string | undefined {
  const head = headDifferences(stated, order);
  if (head.length > 0) return reasonOf(head);
  const figures = computed.kind === 'computed' ? figureDifferences(stated, computed, terms) : [];
  const unknown = terms.unknown === 'dispute' || computed.kind === 'unknown' ? unknownText(computed) : [];
  const room = LONGEST_REASON - unknown.join('; ').length;
  const parts = [reasonOf(figures, room), ...unknown].filter((part) => part !== undefined);
  return parts.length > 0 ? parts.join('; ') : undefined;
}

const WORDS: Record<Lacking, string> = { reading: 'meter data', baseline: 'baseline' };

function unknownText(computed: OrderSettlement): string[] {
  const lacking =
    computed.kind === 'unknown'
      ? computed.missing
      : computed.isps.flatMap(({ isp, assumed = [] }) => assumed.map((what) => ({ isp, what })));
  return (['baseline', 'reading'] as const).flatMap((what) => {
    const isps = lacking.filter((each) => each.what === what).map(({ isp }) => isp);
    return isps.length > 0 ? [`no ${WORDS[what]} of ours for ISP ${ranges(isps)}`] : [];
  });
}
