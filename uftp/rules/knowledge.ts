import type { Role } from '../definition/version.ts';
import type { Message } from '../messages/index.ts';
import type { ISPGroup } from '../calendar/index.ts';

/** What rules may ask about the parties of the market. */
export interface Participants {
  /** Whether a participant of that domain is known to act in that role. */
  isKnown(domain: string, role: Role): Promise<boolean>;
  /** Whether messages of that participant are explicitly refused. */
  isBarred(domain: string, role: Role): Promise<boolean>;
  /** Whether messages to that domain are ours to receive. */
  isServedHere(domain: string): Promise<boolean>;
}

/** What rules may ask about messages received before. */
export interface Submissions {
  /**
   * The digest of an earlier message with that MessageID from that sender, or undefined where the one being
   * judged is the first. UUIDs compare without regard to case.
   */
  earlierDigest(senderDomain: string, messageId: string): Promise<string | undefined>;
}

/** A message that another one refers to, and what became of it. */
export interface Referenced {
  readonly message: Message;
  /** The answer it got, if any. */
  readonly answer?: 'Accepted' | 'Rejected';
  /** Of an offer: a revocation was sent or received that was not refused. */
  readonly revoked?: boolean;
  /** Of an offer: it was ordered, and the order accepted. */
  readonly ordered?: boolean;
}

/** What rules may ask about messages exchanged with one counterparty, in both directions. */
export interface References {
  /** UUIDs compare without regard to case. */
  find(messageId: string, counterpartyDomain: string): Promise<Referenced | undefined>;
}

/** What rules may ask about the common reference, as the CRO last stated it. */
export interface CongestionPoints {
  /** The point on that day, or undefined where it is unknown or the aggregator is not active on it. */
  at(
    dsoDomain: string,
    congestionPoint: string,
    period: string,
  ): Promise<{ readonly MutexOffersSupported: boolean } | undefined>;
}

/** What was reserved under a contract, and until when the DSO may lower it. */
export interface Reservation {
  /** The contractual deadline for releases; undefined where the contract has none. */
  readonly deadline?: string;
  /** Reserved power in W by ISP group; what no group covers is 0. */
  readonly ISP: readonly (ISPGroup & { readonly Power: number })[];
}

/** What rules may ask about bilateral and market contracts. */
export interface Contracts {
  /** Whether the contract exists and that DSO may call on it; it need not be the DSO who signed it. */
  isKnown(contractId: string, dsoDomain: string): Promise<boolean>;
  /** What the contract reserves on a day at a congestion point; undefined where it reserves nothing there. */
  reservation(contractId: string, congestionPoint: string, period: string): Promise<Reservation | undefined>;
}

/** Which messages share one row of revisions. */
export interface RevisionScope {
  readonly type: 'FlexRequest' | 'D-Prognosis';
  readonly senderDomain: string;
  readonly congestionPoint: string;
  readonly period: string;
  /** Only for FlexRequests: several may be open for one day, each with its own row of revisions. */
  readonly conversationId?: string;
}

/** What rules may ask about revisions. */
export interface Revisions {
  /** The highest Revision accepted before, or undefined where there is none. */
  highest(scope: RevisionScope): Promise<number | undefined>;
}

/** An accepted order, as far as settlement needs to know it. */
export interface ProcuredOrder {
  readonly OrderReference: string;
  readonly Period: string;
  readonly CongestionPoint: string;
  /** Decimal string. */
  readonly Price: string;
}

/** What rules may ask about orders and their settlement. */
export interface Orders {
  /** Whether an earlier order of that DSO carries that OrderReference; the order being judged does not count. */
  referenceIsUsed(dsoDomain: string, orderReference: string): Promise<boolean>;
  /**
   * Accepted orders of that DSO with delivery from `first` to `last`, both inclusive, that no settlement was about
   * yet: what was disputed may be corrected without listing anew what was not.
   */
  procured(dsoDomain: string, first: string, last: string): Promise<readonly ProcuredOrder[]>;
  /** The earliest day of delivery that is over and not settled, or undefined. */
  earliestUnsettled(dsoDomain: string): Promise<string | undefined>;
  /** Whether a settlement of exactly these days was accepted before. */
  isSettled(dsoDomain: string, first: string, last: string): Promise<boolean>;
}

/** What a DSO's rules may ask about the aggregators it buys from. */
export interface Baselines {
  /** Whether the aggregator has a valid baseline there, be it a D-Prognosis or another one. */
  exists(agrDomain: string, congestionPoint: string, period: string): Promise<boolean>;
  /** Whether the powers can be true, given what is connected there. */
  isPlausible(message: Message<'D-Prognosis' | 'FlexOffer'>): Promise<boolean>;
}

/** What a CRO's rules may ask about its register. */
export interface Registry {
  /** Whether the participant may use the register: everyone in open mode, the pre-registered in closed mode. */
  isAuthorized(domain: string): Promise<boolean>;
  /** Whether the aggregator registered any connection for that day. */
  hasConnections(agrDomain: string, period: string): Promise<boolean>;
}

/** Everything that rules may ask beyond the message. Each may be left out: its rules are then not judged. */
export interface Knowledge {
  readonly participants: Participants;
  readonly submissions: Submissions;
  readonly references: References;
  readonly congestionPoints: CongestionPoints;
  readonly contracts: Contracts;
  readonly revisions: Revisions;
  readonly orders: Orders;
  readonly baselines: Baselines;
  readonly registry: Registry;
}
