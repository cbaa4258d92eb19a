import type { CapacityActivities } from './capacity-contract.ts';
import type {
  BookedOrder,
  DecideInput,
  Delivery,
  DispatchOutcome,
  FlexRequestState,
  Frame,
  MeasuredDelivery,
  OfferDecision,
  OrderFacts,
  SendEffect,
} from '../market/flex-request/index.ts';
import type { PowerISP } from '../market/power.ts';
import type { ItemDecision } from '../store/index.ts';
import type { PrognosisActivities } from './prognosis-contract.ts';
import type { MeteringActivities } from './metering-contract.ts';
import type { PortfolioActivities } from './portfolio-contract.ts';

export type * from './metering-contract.ts';
export type * from './portfolio-contract.ts';

export type { PrognosisKey } from './prognosis-contract.ts';

/** A message to be fixed in the outbox under its step, and delivered. */
export type SendInput = Omit<SendEffect, 'kind'>;

/** What is delivered once more; instants in UTC. */
export interface SendAgainInput {
  readonly step: string;
  readonly askedAt: string;
  readonly validUntil?: string;
}

/** What a settlement workflow learns of a FlexSettlement it had recomputed. */
export interface SettlementVerdict {
  /** Reasons to reject the whole message. */
  readonly rejections: readonly string[];
  readonly orders: number;
  readonly disputed: number;
  /** An operator may decide until then (UTC), before it is answered. */
  readonly reviewUntil?: string;
  /** When the operator is reminded of it (UTC). */
  readonly remindAt?: string;
}

/** An order to be written down before it is accepted. */
export interface BookInput {
  readonly frame: Frame;
  readonly order: OrderFacts;
  /** The step under which its power is held: of the offer it orders, or its own. */
  readonly step: string;
  readonly direct: boolean;
}

/** What an operator decided about a settlement; items that are not named stay as computed. */
export interface SettlementReview {
  readonly by: string;
  readonly decisions: readonly ItemDecision[];
}

/** Everything workflows have done outside of themselves. Implemented in this room, called by name. */
export interface Activities
  extends PortfolioActivities, MeteringActivities, PrognosisActivities, CapacityActivities {
  /** Records the conversation if it comes along, fixes the message in the outbox (once), then delivers those bytes until delivered, refused or too late. */
  send(input: SendInput): Promise<Delivery>;
  /** Delivers what this workflow sent under a step once more, byte for byte, and not after `validUntil`; the window counts from `askedAt` (UTC). */
  sendAgain(input: SendAgainInput): Promise<Delivery>;
  /** The same decision as `decideOffer`, where it takes no time; null: it does. */
  decideAtOnce(input: DecideInput): Promise<OfferDecision | null>;
  /** Decides what to offer under a step, and keeps the power of that offer for it. */
  decideOffer(input: DecideInput): Promise<OfferDecision>;
  /** Writes an order down, or says why not. A direct one is judged by its contract, and its power held under `step`. */
  bookOrder(input: BookInput): Promise<BookedOrder>;
  /** Hands the plan of an order to the assets, until they confirm or refuse, or delivery begins. */
  dispatchOrder(input: { frame: Frame; order: OrderFacts; step: string }): Promise<DispatchOutcome>;
  /** Compares the delivery of an order with our own readings. */
  measureDelivery(input: { frame: Frame; order: OrderFacts }): Promise<MeasuredDelivery>;
  /**
   * Has the D-Prognosis of the day hold an order, and what is `lost` of it: W by ISP on top of what was ordered, in
   * place of what was said to be lost before.
   */
  updatePrognosis(input: { frame: Frame; order: OrderFacts; lost?: readonly PowerISP[] }): Promise<void>;
  /** Writes the state of a conversation to the read model, and settles the power held for its offers. */
  recordConversation(state: FlexRequestState): Promise<void>;
  /** Judges a reservation update by its contract, deadlines at `judgedAt` (UTC), and keeps it; returns the reasons to reject it. */
  applyReservation(input: { inboxId: string; judgedAt: string }): Promise<readonly string[]>;
  /** Tells the conversations of a contract, congestion point and day what is now reserved. */
  announceReservation(input: { contractId: string; congestionPoint: string; period: string }): Promise<void>;
  /** Recomputes a FlexSettlement from our own data and keeps the items. */
  recomputeSettlement(input: { inboxId: string; rejections: readonly string[] }): Promise<SettlementVerdict>;
  /** Tells the operator that a FlexSettlement still waits for a review, and not for long. */
  remindOfReview(input: { inboxId: string }): Promise<void>;
  /** Decides a FlexSettlement, with an operator's review laid over what was computed, and answers it from the kept items. */
  answerSettlement(input: {
    inboxId: string;
    rejections: readonly string[];
    review?: SettlementReview;
  }): Promise<Delivery>;
  /** Tells the conversation of each settled order its outcome. */
  announceSettlement(input: { inboxId: string }): Promise<void>;
  /** Answers a message that belongs to no conversation. */
  reply(input: { inboxId: string; rejections: readonly string[] }): Promise<Delivery | undefined>;
  /** Sends a stored message again, byte for byte; its delivery window counts from `askedAt` (UTC). */
  redeliver(input: { outboxId: string; askedAt: string }): Promise<Delivery>;
}
