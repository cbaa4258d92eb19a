import type { FlexRequestState, Frame, OfferProposal, Phase } from '../market/flex-request/index.ts';
import { converse, type Resumed } from './conversation.ts';
import type { Start } from './entity.ts';

/** One FlexRequest, from the request to the outcome of its settlements. The decisions are all in `market`. */
export async function flexRequest(start: Start & Resumed): Promise<Phase> {
  return converse(start, ['FlexRequest', 'FlexOfferResponse', 'FlexOfferRevocationResponse', 'FlexOrder']);
}

/** What an unsolicited offer begins with; a direct order comes in as a message instead. */
export interface Unsolicited {
  readonly unsolicited?: { readonly frame: Frame; readonly proposal: OfferProposal; readonly by: string };
}

/** One unsolicited offer, or one direct FlexOrder: the same life without a request. */
export async function unsolicitedFlex(
  start: Start & Resumed & Unsolicited,
): Promise<FlexRequestState['phase']> {
  const { unsolicited, ...rest } = start;
  const first = unsolicited && { type: 'unsolicited' as const, ...unsolicited };
  return converse(rest, ['FlexOfferResponse', 'FlexOfferRevocationResponse', 'FlexOrder'], first);
}
