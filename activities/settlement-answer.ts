import type { Message } from '../uftp/index.ts';

/** A FlexOrderSettlementStatus: Accepted, or Disputed with its reason. */
export interface SettlementStatus {
  readonly OrderReference?: string;
  readonly Disposition: 'Accepted' | 'Disputed';
  readonly DisputeReason?: string;
}

/**
 * The status of every order of a FlexSettlement. The schema wants at least one even in a rejection, where each
 * is disputed with the reason of the rejection.
 * @param reasonFor why the n-th item (from 0) is disputed; undefined where it is accepted
 */
export function settlementStatuses(
  message: Message<'FlexSettlement'>,
  reasonFor: (index: number) => string | undefined,
): SettlementStatus[] {
  return message.FlexOrderSettlement.map(({ OrderReference }, index) => {
    const DisputeReason = reasonFor(index);
    return {
      ...(OrderReference !== undefined && { OrderReference }),
      ...(DisputeReason === undefined
        ? { Disposition: 'Accepted' as const }
        : { Disposition: 'Disputed' as const, DisputeReason }),
    };
  });
}
