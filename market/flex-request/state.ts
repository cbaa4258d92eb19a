import type { PowerISP } from '../power.ts';
import type { RequestedBand } from '../merit-order.ts';

/**
 * Where a FlexRequest's conversation stands.
 * - `Waiting`: started, the request itself is still to be handed in
 * - `Rejected`: the request was refused
 * - `Open`: accepted, offers are out or may still follow
 * - `Lapsed`: over without an order
 * - `Ordered`: an order binds
 * - `Delivered`: the last ordered ISP is over; settlement is awaited
 * - `Settled`, `Disputed`: what our answer to the settlement said
 * - `Failed`: the DSO could not be told that the request was accepted
 */
export type Phase =
  'Waiting' | 'Rejected' | 'Open' | 'Lapsed' | 'Ordered' | 'Delivered' | 'Settled' | 'Disputed' | 'Failed';

/**
 * Where one offer stands.
 * - `Sending`: not delivered yet - `Sent`: delivered, its FlexOfferResponse is awaited
 * - `Open`: accepted by the DSO, may be ordered - `Refused`: rejected by the DSO
 * - `Ordering`: an order that matches is being booked - `Ordered`
 * - `Undelivered`: given up, yet it may have arrived - `Expired`: closed, what was acknowledged in time had its chance
 */
export type OfferStatus =
  'Sending' | 'Sent' | 'Open' | 'Refused' | 'Ordering' | 'Ordered' | 'Expired' | 'Undelivered';

/** What a FlexRequest asked for. */
export interface RequestFacts {
  readonly inboxId: string;
  readonly dso: string;
  readonly messageId: string;
  readonly conversationId: string;
  readonly version: string;
  readonly ISPDuration: string;
  readonly TimeZone: string;
  readonly Period: string;
  readonly CongestionPoint: string;
  readonly Revision: number;
  readonly ExpirationDateTime: string;
  readonly ContractID?: string | undefined;
  readonly ServiceType?: string | undefined;
  readonly ISP: readonly RequestedBand[];
}

/** One of the mutually exclusive options of an offer. Price is for the whole option. */
export interface OptionFacts {
  readonly OptionReference: string;
  readonly Price: string;
  readonly MinActivationFactor: string;
  readonly ISP: readonly PowerISP[];
}

/** What an offer says, as it was decided. */
export interface OfferContent {
  readonly ExpirationDateTime: string;
  readonly BaselineReference?: string | undefined;
  readonly ContractID?: string | undefined;
  readonly Currency: string;
  readonly OfferOption: readonly OptionFacts[];
}

export interface OfferState {
  /** The step under which it is sent: `FlexOffer/1`. */
  readonly step: string;
  readonly status: OfferStatus;
  readonly content: OfferContent;
  /** Known once it was fixed in the outbox. */
  readonly messageId?: string;
  readonly reason?: string;
  /** Since its expiry was noticed: until when (UTC) orders that were acknowledged in time may still come in. */
  readonly closesAt?: string;
}

/** What an order says, with who sent it. */
export interface OrderFacts {
  readonly inboxId: string;
  readonly messageId: string;
  readonly conversationId: string;
  readonly version: string;
  readonly receivedAt: string;
  readonly FlexOfferMessageID?: string | undefined;
  /** The step of the offer meant; known even while the offer's delivery is still under way. */
  readonly offerStep?: string | undefined;
  readonly ContractID?: string | undefined;
  readonly BaselineReference?: string | undefined;
  readonly OrderReference: string;
  readonly OptionReference?: string | undefined;
  readonly ActivationFactor: string;
  readonly Price: string;
  readonly Currency: string;
  readonly ISPDuration: string;
  readonly TimeZone: string;
  readonly Period: string;
  readonly CongestionPoint: string;
  readonly ISP: readonly PowerISP[];
}

export interface OrderState {
  readonly offerStep: string;
  readonly order: OrderFacts;
  readonly status: 'Booking' | 'Accepted';
}

/** All that is known about one FlexRequest. Plain JSON: it stands in histories and in the read model. */
export interface FlexRequestState {
  readonly phase: Phase;
  /** Rises with every event, so that a late record never overwrites a later one. */
  readonly transition: number;
  /** Why the conversation stands where it stands, where that needs words. */
  readonly reason?: string;
  readonly request?: RequestFacts;
  readonly offers: readonly OfferState[];
  readonly order?: OrderState;
  /** What the DSO keeps reserved under the contract, as last told. */
  readonly reserved?: readonly PowerISP[];
  readonly settlement?: {
    readonly messageId: string;
    readonly outcome: 'Settled' | 'Disputed';
    readonly reason?: string;
  };
  /** Steps handed to the outbox and not finished. */
  readonly sending: readonly string[];
  /** MessageIDs taken in, for the same message arriving again. */
  readonly seen: readonly string[];
}

export const initialState: FlexRequestState = {
  phase: 'Waiting',
  transition: 0,
  offers: [],
  sending: [],
  seen: [],
};

const FINAL: ReadonlySet<Phase> = new Set(['Rejected', 'Lapsed', 'Settled', 'Disputed', 'Failed']);

/** Whether an offer may still be ordered: from the moment it is sent, until it is refused, ordered or closed. */
export function mayBeOrdered({ status }: OfferState): boolean {
  return status === 'Sending' || status === 'Sent' || status === 'Open' || status === 'Undelivered';
}

/** Whether nothing more can happen: the phase is final and every message is on its way or given up. */
export function isOver(state: FlexRequestState): boolean {
  return FINAL.has(state.phase) && state.sending.length === 0;
}
