import type { Role } from '../../uftp/index.ts';
import type { PowerISP } from '../power.ts';
import type {
  Answer,
  BookedOrder,
  CommandOutcome,
  DecideInput,
  Delivery,
  DispatchOutcome,
  Frame,
  MeasuredDelivery,
  OfferDecision,
  OfferProposal,
  OperatorCommand,
  OrderFacts,
  RequestFacts,
} from './facts.ts';

import type { FlexRequestState } from './state.ts';

/** What can happen to a conversation. */
export type FlexRequestEvent =
  | { readonly type: 'requested'; readonly request: RequestFacts; readonly rejections: readonly string[] }
  /** An operator begins a conversation with an offer that nobody asked for. */
  | {
      readonly type: 'unsolicited';
      readonly frame: Frame;
      readonly proposal: OfferProposal;
      readonly by: string;
    }
  /** A newer Revision of the request was accepted; what is out is revoked, or left to expire. */
  | {
      readonly type: 'superseded';
      readonly by: string;
      readonly Revision: number;
      readonly offers?: 'revoke' | 'keep';
    }
  /** A message reached the DSO, or was given up. */
  | { readonly type: 'sent'; readonly step: string; readonly delivery: Delivery }
  | { readonly type: 'decided'; readonly step: string; readonly decision: OfferDecision }
  | { readonly type: 'offerAnswered'; readonly answer: Answer }
  | { readonly type: 'revocationAnswered'; readonly answer: Answer }
  | { readonly type: 'ordered'; readonly order: OrderFacts; readonly rejections: readonly string[] }
  /** The order was written down, or there is a reason against it. */
  | { readonly type: 'booked'; readonly orderMessageId: string; readonly booked: BookedOrder }
  | { readonly type: 'reserved'; readonly ISP: readonly PowerISP[] }
  /** An asset fails, so that what an offer or order counts on is not there. */
  | {
      readonly type: 'capacityLost';
      readonly step: string;
      readonly reason: string;
      /** What is missing of an order: W by ISP on top of what was ordered. Absent: nothing of it comes. */
      readonly lost?: readonly PowerISP[];
    }
  | { readonly type: 'dispatched'; readonly orderMessageId: string; readonly outcome: DispatchOutcome }
  | { readonly type: 'measured'; readonly orderMessageId: string; readonly delivery: MeasuredDelivery }
  /** The DSO answered a D-Prognosis that has to hold an order. */
  | {
      readonly type: 'prognosed';
      readonly orderMessageId: string;
      readonly validated: boolean;
      readonly reason?: string;
    }
  | {
      readonly type: 'settled';
      readonly orderReference: string;
      readonly messageId: string;
      readonly outcome: 'Settled' | 'Disputed';
      readonly reason?: string;
    }
  | { readonly type: 'commanded'; readonly command: OperatorCommand }
  /** Nothing happened but time. */
  | { readonly type: 'clock' };

/** What the workflow has to carry out. Each may be carried out again: all are idempotent under their step or key. */
export type FlexRequestEffect =
  | SendEffect
  /** Deliver what was sent under a step once more, byte for byte, and not after `validUntil`; its delivery window counts from `askedAt` (UTC). */
  | {
      readonly kind: 'sendAgain';
      readonly step: string;
      readonly askedAt: string;
      readonly validUntil: string;
    }
  | ({ readonly kind: 'decide' } & DecideInput)
  /** Write the order down before it is accepted: from then on it binds. */
  | {
      readonly kind: 'book';
      readonly frame: Frame;
      readonly order: OrderFacts;
      readonly step: string;
      readonly direct: boolean;
    }
  /**
   * The baseline is a D-Prognosis, which has to hold the order from now on, and what is lost of it: W by ISP on top
   * of what was ordered, in place of what was said to be lost before.
   */
  | {
      readonly kind: 'prognose';
      readonly frame: Frame;
      readonly order: OrderFacts;
      readonly lost?: readonly PowerISP[];
    }
  /** Hand the plan of an order to the assets. */
  | { readonly kind: 'dispatch'; readonly frame: Frame; readonly order: OrderFacts; readonly step: string }
  | { readonly kind: 'measure'; readonly frame: Frame; readonly order: OrderFacts }
  /** Tell the operator what came of a command. */
  | { readonly kind: 'answer'; readonly command: string; readonly outcome: CommandOutcome };

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
  /** Where the conversation stands: recorded before the message is sent. Left to whoever carries it out. */
  readonly conversation?: FlexRequestState;
  /** The message without its metadata. */
  readonly draft: { readonly type: string } & Readonly<Record<string, unknown>>;
}
