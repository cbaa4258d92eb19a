/** What is asked of a FlexSettlement as a whole beyond the protocol's rules on single fields. */
export interface SettlementFrame {
  /** ISO 4217. */
  readonly currency: string;
  readonly agreedCurrency: string;
  /** OrderReferences of accepted orders delivered in the period and not settled, that no item is about. */
  readonly unlisted: readonly string[];
}

/** UFTP, FlexSettlement, rejection reasons. */
export const MISSING_ITEMS = 'Missing Settlement Items';

/**
 * Reasons to reject a whole FlexSettlement. UFTP, FlexSettlement, rejection reasons: "Missing Settlement Items";
 * any other reasonable cause is allowed if it is explained. Rejection is no instrument of dispute: figures never
 * lead to one.
 */
export function structuralRejections({ currency, agreedCurrency, unlisted }: SettlementFrame): string[] {
  const reasons: string[] = [];
  if (currency !== agreedCurrency)
    reasons.push(`Currency rejected: ${currency}, agreed is ${agreedCurrency}`);
  if (unlisted.length > 0) reasons.push(MISSING_ITEMS);
  return reasons;
}
