import type { Delivery, FlexRequestState, OfferDecision, SendEffect } from '../market/flex-request/index.ts';
import type { OrderFacts, RequestFacts } from '../market/flex-request/index.ts';
import type { PowerISP } from '../market/power.ts';

/** A message to be fixed in the outbox under its step, and delivered. */
export type SendInput = Omit<SendEffect, 'kind'>;

/** What a settlement workflow learns of a FlexSettlement it had recomputed. */
export interface SettlementVerdict {
  /** Reasons to reject the whole message. */
  readonly rejections: readonly string[];
  readonly orders: number;
  readonly disputed: number;
}

/** Everything workflows have done outside of themselves. Implemented in this room, called by name. */
export interface Activities {
  /** Fixes the message in the outbox (once), then delivers those bytes until delivered, refused or too late. */
  send(input: SendInput): Promise<Delivery>;
  /** Asks the strategy what to offer for a request under a step, and keeps the power of that offer for it. */
  decideOffer(input: {
    step: string;
    request: RequestFacts;
    reserved: readonly PowerISP[];
  }): Promise<OfferDecision>;
  /** Writes an order down; false where the DSO used its OrderReference before. */
  bookOrder(input: { dso: string; order: OrderFacts }): Promise<boolean>;
  /** Writes the state of a conversation to the read model, and settles the power held for its offers. */
  recordConversation(state: FlexRequestState): Promise<void>;
  /** Judges a reservation update by its contract and keeps it; returns the reasons to reject it. */
  applyReservation(input: { inboxId: string }): Promise<readonly string[]>;
  /** Tells the open conversations of a contract and day what is now reserved. */
  announceReservation(input: { dso: string; contractId: string; period: string }): Promise<void>;
  /** Recomputes a FlexSettlement from our own data and keeps the items. */
  recomputeSettlement(input: { inboxId: string; rejections: readonly string[] }): Promise<SettlementVerdict>;
  /** Answers a FlexSettlement from the kept items. */
  answerSettlement(input: { inboxId: string; rejections: readonly string[] }): Promise<Delivery>;
  /** Tells the conversation of each settled order its outcome. */
  announceSettlement(input: { inboxId: string }): Promise<void>;
  /** Sends the whole portfolio to the CRO. */
  sendPortfolioUpdate(input: { cro: string; step: string; conversationId: string }): Promise<Delivery>;
  /** Asks the CRO for the view of one day. */
  sendPortfolioQuery(input: {
    cro: string;
    step: string;
    conversationId: string;
  }): Promise<Delivery & { period: string }>;
  /** Keeps what the CRO answered; returns what it says in short. */
  keepPortfolioView(input: { inboxId: string }): Promise<PortfolioSummary>;
  /** Answers a message that belongs to no conversation. */
  reply(input: { inboxId: string; rejections: readonly string[] }): Promise<Delivery | undefined>;
  /** Sends a stored message again, byte for byte; its delivery window counts from `askedAt` (UTC). */
  redeliver(input: { outboxId: string; askedAt: string }): Promise<Delivery>;
}

/** A CRO's view of one day, in numbers. */
export interface PortfolioSummary {
  readonly period: string;
  readonly congestionPoints: number;
  readonly connections: number;
  /** Own connections that are on no congestion point. */
  readonly unallocated: number;
}
