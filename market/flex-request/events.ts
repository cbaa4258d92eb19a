import type { Role } from '../../uftp/index.ts';
import type { PowerISP } from '../power.ts';
import type { OfferContent, OrderFacts, RequestFacts } from './state.ts';

/** What can happen to a FlexRequest's conversation. */
export type FlexRequestEvent =
  | { readonly type: 'requested'; readonly request: RequestFacts; readonly rejections: readonly string[] }
  /** A message reached the DSO, or was given up. */
  | { readonly type: 'sent'; readonly step: string; readonly delivery: Delivery }
  | { readonly type: 'decided'; readonly decision: OfferDecision }
  | { readonly type: 'offerAnswered'; readonly answer: OfferAnswer }
  | { readonly type: 'ordered'; readonly order: OrderFacts; readonly rejections: readonly string[] }
  /** The order was written down, or its OrderReference had been used before. */
  | { readonly type: 'booked'; readonly orderMessageId: string; readonly booked: boolean }
  | { readonly type: 'reserved'; readonly ISP: readonly PowerISP[] }
  | {
      readonly type: 'settled';
      readonly messageId: string;
      readonly outcome: 'Settled' | 'Disputed';
      readonly reason?: string;
    }
  /** Nothing happened but time. */
  | { readonly type: 'clock' };

/** How sending a message ended. */
export interface Delivery {
  readonly messageId: string;
  readonly outcome: 'delivered' | 'refused' | 'expired';
  readonly reason?: string;
}

/** What the strategy decided about a request. */
export type OfferDecision =
  | { readonly kind: 'offer'; readonly content: OfferContent }
  | { readonly kind: 'noBid'; readonly reason: string };

/** A FlexOfferResponse. */
export interface OfferAnswer {
  readonly messageId: string;
  readonly FlexOfferMessageID: string;
  /** The step of the offer meant; known even while the offer's delivery is still under way. */
  readonly offerStep?: string | undefined;
  readonly Result: 'Accepted' | 'Rejected';
  readonly RejectionReason?: string | undefined;
}

/** What the workflow has to carry out. */
export type FlexRequestEffect =
  | SendEffect
  /** Ask the strategy for an offer. */
  | { readonly kind: 'decide'; readonly request: RequestFacts; readonly reserved: readonly PowerISP[] }
  /** Write the order down before it is accepted: from then on it binds. */
  | { readonly kind: 'book'; readonly order: OrderFacts };

/** A message to be fixed in the outbox and delivered. */
export interface SendEffect {
  readonly kind: 'send';
  /** Unique in the workflow: the same step is the same message, whatever happens. */
  readonly step: string;
  readonly to: { readonly domain: string; readonly role: Role };
  readonly version: string;
  readonly conversationId: string;
  /** Inbox row of the message that this answers. */
  readonly answers?: string;
  /** Delivering it later makes no sense (UTC). */
  readonly validUntil?: string;
  /** The message without its metadata. */
  readonly draft: { readonly type: string } & Readonly<Record<string, unknown>>;
}
