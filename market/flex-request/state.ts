import type { PowerISP } from '../power.ts';
import type {
  Alert,
  DecisionCause,
  Frame,
  MeasuredDelivery,
  NewerRevision,
  OfferContent,
  OrderFacts,
  OrderPlan,
  RedispatchBy,
  RequestFacts,
} from './facts.ts';

/**
 * Where a conversation stands as a whole; it follows from the request, the offers and the orders.
 * - `Waiting`: started, the message that it is about is still to be handed in
 * - `Rejected`: the request, or the order that came without one, was refused
 * - `Open`: offers are out or may still follow
 * - `Superseded`: a newer Revision of the request took its place, and nothing of this one can be ordered
 * - `Lapsed`: over without an order
 * - `Ordered`: an order binds and is still to be delivered
 * - `Delivered`: the last ordered ISP is over; settlement is awaited
 * - `Settled`, `Disputed`: what our answers to the settlements said; one dispute makes it `Disputed`
 * - `Failed`: the DSO could not be told that the request was accepted
 */
export type Phase =
  | 'Waiting'
  | 'Rejected'
  | 'Open'
  | 'Superseded'
  | 'Lapsed'
  | 'Ordered'
  | 'Delivered'
  | 'Settled'
  | 'Disputed'
  | 'Failed';

/**
 * Where the request itself stands.
 * - `Answering`: the DSO is being told that it was accepted - `Open`: offers may be made
 * - `Expired`, `Superseded`: no more offers; those that are out live on
 * - `Rejected`, `Failed`: there never will be any
 */
export type RequestStatus = 'Answering' | 'Open' | 'Expired' | 'Superseded' | 'Rejected' | 'Failed';

/**
 * Where one offer stands.
 * - `Sending`: not delivered yet - `Sent`: delivered, its FlexOfferResponse is awaited
 * - `Open`: accepted by the DSO, may be ordered - `Refused`: rejected by the DSO
 * - `Ordering`: an order that matches is being booked - `Ordered`
 * - `Revoking`: its revocation is on the way, and wins over any order - `Revoked`
 * - `Undelivered`: given up, yet it may have arrived - `Expired`: closed, what was acknowledged in time had its chance
 */
export type OfferStatus =
  | 'Sending'
  | 'Sent'
  | 'Open'
  | 'Refused'
  | 'Ordering'
  | 'Ordered'
  | 'Revoking'
  | 'Revoked'
  | 'Expired'
  | 'Undelivered';

/** An answer of the DSO that is awaited: until when (UTC), and whether the message was sent once more already. */
export interface Awaited {
  readonly by: string;
  readonly askedAgain?: boolean;
}

export interface OfferState {
  /** The step under which it is sent: `FlexOffer/1`. */
  readonly step: string;
  readonly status: OfferStatus;
  readonly content: OfferContent;
  readonly why: DecisionCause;
  readonly redispatchBy?: RedispatchBy;
  /** Known once it was fixed in the outbox. */
  readonly messageId?: string;
  readonly reason?: string;
  /** The answer to it, or to its revocation. */
  readonly awaited?: Awaited;
  /** Why it is to be, or was, revoked: it has to be accepted first (UFTP FlexOfferRevocation). */
  readonly revocation?: string;
  /** How often it was revoked: a refused revocation may be followed by another. */
  readonly revocations?: number;
  /** Since its expiry was noticed: until when (UTC) orders that were acknowledged in time may still come in. */
  readonly closesAt?: string;
}

/**
 * Where an order stands.
 * - `Booking`: it is being written down - `Accepted`: it binds - `Delivered`: its last ISP is over
 * - `Settled`, `Disputed`: what our answer to its settlement said
 */
export type OrderStatus = 'Booking' | 'Accepted' | 'Delivered' | 'Settled' | 'Disputed';

export interface OrderState {
  /** The step of the offer it orders; of a direct order, its own. Its power is held under it. */
  readonly step: string;
  readonly direct: boolean;
  readonly order: OrderFacts;
  readonly status: OrderStatus;
  readonly plan?: OrderPlan;
  /** Absent: it is not time yet. */
  readonly dispatch?: 'Dispatching' | 'Confirmed' | 'Failed';
  readonly measured?: MeasuredDelivery | 'Measuring';
  /** Whether the DSO says that the D-Prognosis in force holds this order. */
  readonly inPrognosis?: boolean;
  readonly settlement?: { readonly messageId: string; readonly reason?: string };
  /** Its settlement was missed, and the operator told. */
  readonly overdue?: boolean;
}

/** An offer that is being decided on. */
export interface Deciding {
  /** The step that the offer will have. */
  readonly step: string;
  readonly why: DecisionCause;
  /** The operator's command that asked for it. */
  readonly command?: string;
  /** Why nothing will come of it, whatever is decided: an operator said no, or its power was lost. */
  readonly overruled?: string;
  /** The operator's proposal that takes its place, unless nothing comes of that. */
  readonly givesWayTo?: string;
  /** The reservation changed meanwhile, so that more may have to be offered. */
  readonly stale?: boolean;
}

/** All that is known about one conversation. Plain JSON: it stands in histories and in the read model. */
export interface FlexRequestState {
  readonly phase: Phase;
  /** Rises with every event, so that a late record never overwrites a later one. */
  readonly transition: number;
  /** Why the conversation stands where it stands, where that needs words. */
  readonly reason?: string;
  readonly frame?: Frame;
  /** Absent in a conversation that an unsolicited offer or a direct order began. */
  readonly request?: RequestFacts;
  readonly requestStatus?: RequestStatus;
  readonly supersededBy?: NewerRevision;
  /** Offers that are being decided on, and how many ever were: their steps are numbered. */
  readonly deciding: readonly Deciding[];
  readonly decisions: number;
  /** Until when (UTC) an operator is to decide. */
  readonly askedUntil?: string;
  readonly offers: readonly OfferState[];
  readonly orders: readonly OrderState[];
  /** What the DSO keeps reserved under the contract, as last told, and the first ISP that might be offered then. */
  readonly reserved?: readonly PowerISP[];
  readonly firstISP?: number;
  readonly alerts: readonly Alert[];
  /** Steps handed to the outbox and not finished. */
  readonly sending: readonly string[];
  /** MessageIDs taken in, for the same message arriving again. */
  readonly seen: readonly string[];
}

export const initialState: FlexRequestState = {
  phase: 'Waiting',
  transition: 0,
  deciding: [],
  decisions: 0,
  offers: [],
  orders: [],
  alerts: [],
  sending: [],
  seen: [],
};

/** Whether an offer may still be ordered: from the moment it is sent, until it is refused, ordered, revoked or closed. */
export function mayBeOrdered({ status }: OfferState): boolean {
  return status === 'Sending' || status === 'Sent' || status === 'Open' || status === 'Undelivered';
}

/** Whether an offer's power has to be kept: a revocation may be refused, and then the offer stands again. */
export function isStanding(offer: OfferState): boolean {
  return mayBeOrdered(offer) || offer.status === 'Ordering' || offer.status === 'Revoking';
}

/** Whether an offer's power is promised: it may be ordered, or it was. */
export function isPromised(offer: OfferState): boolean {
  return isStanding(offer) || offer.status === 'Ordered';
}

/**
 * Whether the D-Prognosis has to hold an order. A direct order without a baseline came before the first one, where
 * D-Prognoses are the baseline at all.
 */
export function isPrognosed({ order, direct }: Pick<OrderState, 'order' | 'direct'>): boolean {
  return order.DPrognosisMessageID !== undefined || (direct && order.BaselineReference === undefined);
}

/** Whether an order binds. */
export const binds = ({ status }: OrderState): boolean => status !== 'Booking';
