import { encode, type MessageDraft, type RelaxationName } from '../uftp/index.ts';

const TOLERATED_BY_PEERS: ReadonlySet<RelaxationName> = new Set(['query-response-without-view']);

/**
 * Encodes strictly, except for the one message that the schema cannot express: an AGRPortfolioQueryResponse
 * without a DSO-Portfolio. The prose asks for it when a query is rejected or no DSO is concerned, the schema
 * demands a portfolio always, and a common reference operator has to say something.
 */
export function encodeAsPeersDo(draft: MessageDraft): Uint8Array {
  return encode(draft, { relaxations: TOLERATED_BY_PEERS });
}
