import type { GateClosure } from '../gates.ts';
import type { PowerISP } from '../power.ts';

/**
 * Where the prognoses of one day at one congestion point stand; it follows from what was sent and answered.
 * - `None`: none is in force, none is on its way - `Pending`: one was sent, its answer is awaited
 * - `InForce`: the last one that the DSO accepted is the baseline - `Frozen`: the day is over
 * - `Withdrawn`: none of our connections is there any more; what was sent last stays
 */
export type PrognosisPhase = 'None' | 'Pending' | 'InForce' | 'Withdrawn' | 'Frozen';

/** What is agreed on with the DSO about the prognoses of a day. Durations are ISO 8601. */
export interface PrognosisTerms {
  readonly dso: string;
  readonly version: string;
  readonly conversationId: string;
  readonly CongestionPoint: string;
  readonly Period: string;
  readonly TimeZone: string;
  readonly ISPDuration: string;
  readonly gates: GateClosure;
  /** How long before day-ahead gate closure a prognosis that is not in force is worth an alert. */
  readonly warnBefore: string;
  /** How long the DSO may take to answer. */
  readonly replyWithin: string;
}

/** A revision on its way, or one that the DSO never answered. Power is W by ISP; the first is ISP 1. */
export interface SentPrognosis {
  readonly step: string;
  readonly power: readonly number[];
  /** MessageIDs of the FlexOrders it holds. */
  readonly orders: readonly string[];
  /** Known once it was delivered, with the deadline (UTC) of its answer. */
  readonly messageId?: string;
  readonly revision?: number;
  readonly answerBy?: string;
  /** Its revision was to be no lower than this, unless the one before was overtaken by others of ours. */
  readonly floor?: number;
  /** It went out a second time, byte for byte. */
  readonly repeated?: boolean;
  /** An answer that came before our own delivery was known to be done. */
  readonly answer?: PrognosisAnswer;
}

/** The prognosis that the DSO accepted last. */
export interface PrognosisInForce {
  readonly step: string;
  readonly messageId: string;
  readonly revision: number;
  readonly power: readonly number[];
  /** MessageIDs of the FlexOrders it holds. */
  readonly orders?: readonly string[];
}

/** What a D-PrognosisResponse says. */
export interface PrognosisAnswer {
  readonly messageId: string;
  /** The step of the revision it answers. */
  readonly step: string;
  readonly receivedAt: string;
  readonly Result: string;
  readonly RejectionReason?: string | undefined;
  /** Which orders the DSO found reflected. */
  readonly FlexOrderStatus: readonly { readonly FlexOrderMessageID: string; readonly IsValidated: boolean }[];
}

/** One ISP of an order: what was in force (W) before any order on it, and what the orders up to this one made of it. */
export interface FrozenISP {
  readonly isp: number;
  readonly base: number;
  readonly power: number;
}

/** An accepted order that prognoses have to hold. */
export interface PrognosedOrder {
  readonly orderMessageId: string;
  readonly orderReference: string;
  /** Whom to tell whether the DSO found it in a prognosis. */
  readonly workflowId: string;
  readonly ISP: readonly PowerISP[];
  /** The prognosis in force when it was accepted. */
  readonly prognosisMessageId?: string;
  /** UFTP, "Settlement": ISPs changed by a flex deal are frozen. Absent until there is a profile to change. */
  readonly frozen?: readonly FrozenISP[];
  readonly status: 'Unconfirmed' | 'Confirmed' | 'Refused';
  /** How often a prognosis was sent again because the DSO did not find the order in it. */
  readonly corrections: number;
}

/** What the operator has to know, once under its key for as long as it holds. */
export interface PrognosisAlert {
  readonly key: string;
  readonly at: string;
  readonly severity: 'warning' | 'critical';
  readonly text: string;
  readonly resolved?: boolean;
}

/** Everything that is remembered about the prognoses of one day. Plain JSON. */
export interface PrognosisState {
  readonly transition: number;
  readonly terms?: PrognosisTerms;
  /** W by ISP, without any order. */
  readonly forecast?: readonly number[];
  /** A forecast is being made. */
  readonly asking: boolean;
  /** When to ask once more, because there was none (UTC). */
  readonly askAgainAt?: string;
  readonly orders: readonly PrognosedOrder[];
  /** Changes (W) to what is expected on ordered ISPs, by whoever reported them. */
  readonly deviations: Readonly<Record<string, readonly PowerISP[]>>;
  /** At most one is on its way. */
  readonly underway?: SentPrognosis;
  readonly unanswered: readonly SentPrognosis[];
  readonly inForce?: PrognosisInForce;
  /** Revisions sent. */
  readonly sent: number;
  /** The next is to be sent, even if it says what the last one said. */
  readonly due: boolean;
  /** What was refused or never answered: sent again only when it is asked for. */
  readonly setAside?: readonly number[];
  /** The least revision the DSO may still take, where it said that ours was too low, and which one that was. */
  readonly floor?: number;
  readonly refused?: number;
  /** How often a floor was set; one that was not needed does not count. */
  readonly leaps: number;
  /** One element for each ISP, because the DSO did not understand groups of them. */
  readonly spelledOut: boolean;
  /** How many of the gate closures that are watched have passed. */
  readonly gatesPassed: number;
  /** When (UTC) the gate closes for the first ISP of a change that is not in force. */
  readonly change?: { readonly isp: number; readonly closesAt: string };
  /** Why nothing more is to be sent, until somebody asks again. */
  readonly withdrawn?: string;
  readonly over: boolean;
  /** Orders enter the prognosis also on ISPs that have begun. Days of earlier releases go on without. */
  readonly ordersInOperate?: boolean;
  readonly alerts: readonly PrognosisAlert[];
}

export const initialPrognosis: PrognosisState = {
  transition: 0,
  asking: false,
  orders: [],
  deviations: {},
  unanswered: [],
  sent: 0,
  due: false,
  leaps: 0,
  over: false,
  spelledOut: false,
  gatesPassed: 0,
  ordersInOperate: true,
  alerts: [],
};

export function phaseOf({ over, withdrawn, underway, inForce }: PrognosisState): PrognosisPhase {
  if (over) return 'Frozen';
  if (withdrawn !== undefined) return 'Withdrawn';
  if (underway) return 'Pending';
  return inForce ? 'InForce' : 'None';
}
