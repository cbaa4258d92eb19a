import type { OptionTerms, Rounding } from '../../uftp/rules/order-match.ts';
import type { PowerISP, RequestedBand } from '../power.ts';

/** What all messages of one conversation share: with whom, about which day and congestion point. */
export interface Frame {
  readonly dso: string;
  readonly conversationId: string;
  readonly version: string;
  readonly ISPDuration: string;
  readonly TimeZone: string;
  readonly Period: string;
  readonly CongestionPoint: string;
  readonly ContractID?: string | undefined;
  readonly ServiceType?: string | undefined;
}

/** The frame of the message that a conversation begins with. */
export function frameOf(message: Frame): Frame {
  const { dso, conversationId, version, ISPDuration, TimeZone, Period, CongestionPoint } = message;
  const { ContractID, ServiceType } = message;
  return {
    ...{ dso, conversationId, version, ISPDuration, TimeZone, Period, CongestionPoint },
    ...(ContractID !== undefined && { ContractID }),
    ...(ServiceType !== undefined && { ServiceType }),
  };
}

/** What a FlexRequest asked for. */
export interface RequestFacts extends Frame {
  readonly inboxId: string;
  readonly messageId: string;
  readonly Revision: number;
  readonly ExpirationDateTime: string;
  readonly ISP: readonly RequestedBand[];
}

/** One of the mutually exclusive options of an offer. Price is for the whole option. */
export interface OptionFacts extends OptionTerms {
  readonly ISP: readonly PowerISP[];
}

/** Exactly one of the two names the baseline, as agreed with the DSO. */
export interface Baseline {
  readonly BaselineReference?: string | undefined;
  readonly DPrognosisMessageID?: string | undefined;
}

/** What an offer says, as it was decided. */
export interface OfferContent extends Baseline {
  readonly ExpirationDateTime: string;
  readonly ContractID?: string | undefined;
  readonly Currency: string;
  /** Mutually exclusive: at most one is ordered. */
  readonly OfferOption: readonly OptionFacts[];
}

/** An offer as an operator words it; what the market agreed on is added to it. */
export interface OfferProposal {
  readonly ExpirationDateTime?: string | undefined;
  readonly options: readonly {
    /** Decimal, for the whole option, in the market's currency. */
    readonly Price: string;
    readonly MinActivationFactor?: string | undefined;
    readonly ISP: readonly PowerISP[];
  }[];
}

/** What an order says, with who sent it. It need not name the baseline: then it has that of the offer, or of the market. */
export interface OrderFacts extends Frame, Baseline {
  readonly inboxId: string;
  readonly messageId: string;
  /** The instant (UTC) by which deadlines are judged: its receipt, but for the agreed difference of clocks. */
  readonly receivedAt: string;
  readonly FlexOfferMessageID?: string | undefined;
  /** The step of the offer meant; known even while the offer's delivery is still under way. */
  readonly offerStep?: string | undefined;
  /** How far a part of the offer may be from the exact part, as agreed with the DSO. */
  readonly rounding?: Rounding | undefined;
  readonly OrderReference: string;
  readonly OptionReference?: string | undefined;
  readonly ActivationFactor: string;
  readonly Price: string;
  readonly Currency: string;
  readonly ISP: readonly PowerISP[];
}

/** How sending a message ended. */
export interface Delivery {
  readonly messageId: string;
  readonly outcome: 'delivered' | 'refused' | 'expired';
  readonly reason?: string;
  /** When (UTC) its answer is due, where it was delivered and is answered. */
  readonly replyBy?: string;
}

/** Why an offer is to be decided on. */
export type DecisionCause = 'requested' | 'refused' | 'reserved' | 'operator' | 'deadline' | 'unsolicited';

/** What a decision needs to know. */
export interface DecideInput {
  /** The step under which the offer will be sent: what is decided, and its power, are kept under it. */
  readonly step: string;
  readonly frame: Frame;
  /** Absent: the offer is unsolicited. */
  readonly request?: RequestFacts;
  /** What the DSO keeps reserved, as last told; absent: what the contract says. */
  readonly reserved?: readonly PowerISP[];
  /** Offers that stand already: all of them, and the new one, have to be deliverable together. */
  readonly offered: readonly OfferContent[];
  readonly why: DecisionCause;
  /** What the DSO said to the last offer. */
  readonly refusal?: string;
  /** An operator's own offer, to be completed and held. */
  readonly proposal?: OfferProposal;
}

/** Who rebalances what an order disturbs, as the CRO says of the congestion point. */
export type RedispatchBy = 'AGR' | 'DSO';

/** What a contract obliged by, when an offer was decided on. */
export interface Obligation {
  readonly reserved: readonly PowerISP[];
  /** The first ISP that might be offered: what is reserved before it obliges to nothing. */
  readonly firstISP: number;
}

/** What was decided about a request, and what a contract obliged to, where one was called on. */
export type OfferDecision = { readonly obligation?: Obligation } & (
  | { readonly kind: 'offer'; readonly content: OfferContent; readonly redispatchBy?: RedispatchBy }
  | { readonly kind: 'noBid'; readonly reason: string; readonly supersededBy?: NewerRevision }
  /** An operator is to decide until then (UTC); afterwards it is decided again, because of the `deadline`. */
  | { readonly kind: 'ask'; readonly until: string }
);

/** A newer Revision that took the place of a request. */
export interface NewerRevision {
  readonly messageId: string;
  readonly Revision: number;
}

/** A FlexOfferResponse or a FlexOfferRevocationResponse. */
export interface Answer {
  readonly messageId: string;
  /** The message that it answers. */
  readonly reference: string;
  /** The step of that message; known even while its delivery is still under way. */
  readonly refersTo?: string | undefined;
  readonly Result: 'Accepted' | 'Rejected';
  readonly RejectionReason?: string | undefined;
}

/** What came of writing an order down: no rejections, and it binds. */
export interface BookedOrder {
  readonly rejections: readonly string[];
  readonly plan?: OrderPlan;
  /** What is agreed with the DSO, where a direct order names no baseline. */
  readonly baseline?: Baseline;
}

/** Instants (UTC) that follow from the agreements about an order. */
export interface OrderPlan {
  /** When the plan is to be handed to the assets; absent: nobody is to be told. */
  readonly dispatchAt?: string;
  /** When delivery is to be measured; absent: it is not. */
  readonly measureAt?: string;
  /** When its settlement is overdue. */
  readonly settlementDueBy: string;
}

/** What became of handing an order's plan to the assets. */
export type DispatchOutcome =
  | { readonly outcome: 'confirmed' }
  | { readonly outcome: 'refused' | 'unreachable'; readonly reason: string };

/** What our own readings say about the delivery of an order. */
export interface MeasuredDelivery {
  /** How many of its ISPs were measured, and of how many nothing is known. */
  readonly known: number;
  readonly unknown: number;
  /** Where less was delivered than ordered, in W. */
  readonly shortISPs: readonly {
    readonly isp: number;
    readonly orderedW: number;
    readonly deliveredW: number;
  }[];
}

/** Something a person has to know. Raised once under its key, and resolved when it no longer holds. */
export interface Alert {
  readonly key: string;
  /** UTC. */
  readonly at: string;
  readonly severity: 'warning' | 'critical';
  readonly text: string;
  readonly resolved?: boolean;
}

/** What an operator orders, whatever the strategy says. */
export type OperatorCommand = { readonly id: string; readonly by: string } & (
  | { readonly kind: 'offer'; readonly proposal: OfferProposal }
  | { readonly kind: 'noBid'; readonly reason: string }
  | { readonly kind: 'revoke'; readonly step: string; readonly reason: string }
  | { readonly kind: 'resend'; readonly step: string }
  /** An order brings less: what is still expected of its ISPs (W), those not named as ordered. Without `ISP`: nothing. */
  | {
      readonly kind: 'shortfall';
      readonly orderReference: string;
      readonly reason: string;
      readonly ISP?: readonly PowerISP[] | undefined;
    }
);

/** What came of an operator's command. */
export interface CommandOutcome {
  readonly done: boolean;
  /** What was done, or why it was not, for people. */
  readonly text: string;
}
