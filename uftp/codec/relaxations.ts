import type { RelaxationName } from '../definition/element.ts';

/** Why a deviation is tolerated in what is received. */
export interface Relaxation {
  readonly name: RelaxationName;
  readonly tolerates: string;
  /** Where the spec contradicts itself, or which peers deviate. */
  readonly because: string;
}

/** Every tolerated deviation. Each can be switched off per participant; none applies to what is sent. */
export const RELAXATIONS: readonly Relaxation[] = [
  {
    name: 'settlement-without-contract-settlement',
    tolerates: 'A FlexSettlement without ContractSettlement.',
    because: 'UFTP FlexSettlement, prose: 0..n, only for bilateral contracts; every schema demands one.',
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
/** No tolerance: the official schema to the letter, as for everything that is sent. */
export const STRICT: ReadonlySet<RelaxationName> = new Set();
