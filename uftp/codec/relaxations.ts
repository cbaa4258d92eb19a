import type { RelaxationName } from '../definition/element.ts';

/** A deviation from the official schema, and why it is tolerated. */
export interface Relaxation {
  readonly name: RelaxationName;
  readonly tolerates: string;
  /** Where the spec contradicts itself, or which peers deviate. */
  readonly because: string;
}

/**
 * Every tolerated deviation. In what is received all apply unless a participant's profile says otherwise; in
 * what is sent none does unless it says so.
 */
export const RELAXATIONS: readonly Relaxation[] = [
  {
    name: 'portfolio-update-without-connection',
    tolerates: 'An AGRPortfolioUpdate without Connection.',
    because:
      'UFTP AGRPortfolioUpdate, prose: 0..n, for an aggregator that has lost its last; the schema says 1..n.',
  },
  {
    name: 'settlement-without-contract-settlement',
    tolerates: 'A FlexSettlement without ContractSettlement.',
    because: 'UFTP FlexSettlement, prose: 0..n, only for bilateral contracts; every schema demands one.',
  },
  {
    name: 'settlement-without-order-settlement',
    tolerates: 'A FlexSettlement without FlexOrderSettlement.',
    because:
      'UFTP FlexSettlement, prose: 0..n, as a period may have reservations only; every schema demands one.',
  },
  {
    name: 'settlement-without-result',
    tolerates: 'A FlexSettlement without Result.',
    because: 'The 3.x schema derives a request from the response type; the next major removes it.',
  },
  {
    name: 'settlement-response-without-status',
    tolerates: 'A Rejected FlexSettlementResponse without FlexOrderSettlementStatus.',
    because: 'UFTP FlexSettlementResponse, prose: statuses only when Accepted; every schema demands one.',
  },
  {
    name: 'query-response-without-view',
    tolerates: 'An AGRPortfolioQueryResponse without DSO-View, or a DSO-View without DSO-Portfolio.',
    because:
      'UFTP AGRPortfolioQueryResponse, prose: a view only when Accepted; the schema demands it always.',
  },
  {
    name: 'test-message-response-with-result',
    tolerates: 'A TestMessageResponse with Result and RejectionReason.',
    because: 'The 3.x schema has neither; a peer library sends Result all the same, as the next major does.',
  },
  {
    name: 'metering-ean-of-18-digits',
    tolerates: 'A Metering EAN of E and 18 digits.',
    because: 'The schema says 16 digits; both peer libraries and Dutch practice use 18.',
  },
];

/** The names of all relaxations: what a participant is granted unless its configuration says otherwise. */
export const ALL_RELAXATIONS: ReadonlySet<RelaxationName> = new Set(RELAXATIONS.map(({ name }) => name));
/** No tolerance: the official schema to the letter: what is sent follows it unless the recipient's profile deviates. */
export const STRICT: ReadonlySet<RelaxationName> = new Set();
