import type { FlexRequestEffect, FlexRequestEvent, SendEffect } from './events.ts';
import type {
  Baseline,
  DispatchOutcome,
  Frame,
  MeasuredDelivery,
  OfferContent,
  OfferDecision,
  OfferProposal,
  OperatorCommand,
  OrderFacts,
  OrderPlan,
  RequestFacts,
} from './facts.ts';
import { frameOf } from './facts.ts';
import { reduce } from './reducer.ts';
import type { PowerISP } from '../power.ts';
import { type FlexRequestState, initialState, type Phase } from './state.ts';

/** The story of the tests: a request for the next day, answered, offered and ordered in the hours before. */
export const AT = {
  requested: '2026-06-14T08:00:00.000Z',
  offered: '2026-06-14T08:01:00.000Z',
  /** When the DSO's answer to a message of ours is due, where one is. */
  replyBy: '2026-06-14T09:00:00.000Z',
  ordered: '2026-06-14T11:00:00.000Z',
  offerExpires: '2026-06-14T12:00:00.000Z',
  requestExpires: '2026-06-14T16:00:00.000Z',
  dispatched: '2026-06-15T09:00:00.000Z',
  /** The start of ISP 48 of that day in Amsterdam, and the end of ISP 51. */
  delivering: '2026-06-15T09:45:00.000Z',
  delivered: '2026-06-15T10:45:00.000Z',
  measured: '2026-06-16T00:00:00.000Z',
  settled: '2026-07-10T09:00:00.000Z',
  settlementDueBy: '2026-08-01T00:00:00.000Z',
} as const;

export const later = (instant: string, ms: number): string =>
  new Date(Date.parse(instant) + ms).toISOString();

const COMMON = {
  dso: 'dso.example.com',
  conversationId: '22222222-2222-4222-8222-222222222222',
  version: '3.1.0',
  ISPDuration: 'PT15M',
  TimeZone: 'Europe/Amsterdam',
  Period: '2026-06-15',
  CongestionPoint: 'ean.871685900012636543',
} as const;

export const OFFER_ID = 'AAAAAAAA-0000-4000-8000-000000000001';

export const request = (changes: Partial<RequestFacts> = {}): RequestFacts => ({
  ...COMMON,
  inboxId: 'inbox-request',
  messageId: '11111111-1111-4111-8111-111111111111',
  Revision: 1,
  ExpirationDateTime: AT.requestExpires,
  ISP: [{ Disposition: 'Requested', MinPower: -6000, MaxPower: -4000, Start: 48, Duration: 4 }],
  ...changes,
});

export const frame = (changes: Partial<Frame> = {}): Frame => ({ ...frameOf(request()), ...changes });

export const content = (changes: Partial<OfferContent> = {}): OfferContent => ({
  ExpirationDateTime: AT.offerExpires,
  BaselineReference: 'BL-1',
  Currency: 'EUR',
  OfferOption: [
    {
      OptionReference: 'A',
      Price: '42.00',
      MinActivationFactor: '0.50',
      ISP: [{ Power: -4000, Start: 48, Duration: 4 }],
    },
  ],
  ...changes,
});

/** An order that repeats the offer of `content` exactly. */
export const order = (changes: Partial<OrderFacts> = {}): OrderFacts => ({
  ...COMMON,
  inboxId: 'inbox-order',
  messageId: 'cccccccc-3333-4333-8333-333333333333',
  receivedAt: AT.ordered,
  FlexOfferMessageID: OFFER_ID,
  offerStep: 'FlexOffer/1',
  BaselineReference: 'BL-1',
  OrderReference: 'O-1',
  OptionReference: 'A',
  ActivationFactor: '1',
  Price: '42.00',
  Currency: 'EUR',
  ISP: [{ Power: -4000, Start: 48, Duration: 4 }],
  ...changes,
});

/** An order that rests on a contract and on no offer (UFTP 3.1.0). */
export const directOrder = (changes: Partial<OrderFacts> = {}): OrderFacts => {
  const { FlexOfferMessageID: _, offerStep: __, OptionReference: ___, ...rest } = order();
  return { ...rest, ContractID: 'C-1', ServiceType: 'redispatch', ...changes };
};

export const proposal = (changes: Partial<OfferProposal> = {}): OfferProposal => ({
  options: [{ Price: '99.00', ISP: [{ Power: -5000, Start: 48, Duration: 4 }] }],
  ...changes,
});

export const PLAN: OrderPlan = {
  dispatchAt: AT.dispatched,
  measureAt: AT.measured,
  settlementDueBy: AT.settlementDueBy,
};

type Command = OperatorCommand extends infer C
  ? C extends OperatorCommand
    ? Omit<C, 'id' | 'by'>
    : never
  : never;

export const is = {
  requested: (changes: Partial<RequestFacts> = {}, rejections: readonly string[] = []): FlexRequestEvent => ({
    type: 'requested',
    request: request(changes),
    rejections,
  }),
  unsolicited: (changes: Partial<Frame> = {}): FlexRequestEvent => ({
    type: 'unsolicited',
    frame: frame(changes),
    proposal: proposal(),
    by: 'anna',
  }),
  superseded: (offers: 'revoke' | 'keep' = 'revoke', Revision = 2): FlexRequestEvent => ({
    type: 'superseded',
    by: '77777777-7777-4777-8777-777777777777',
    Revision,
    offers,
  }),
  /** `replyBy`: its answer is awaited until then. */
  sent: (
    step: string,
    outcome: 'delivered' | 'refused' | 'expired' = 'delivered',
    messageId = OFFER_ID,
    replyBy?: string,
  ): FlexRequestEvent => ({
    type: 'sent',
    step,
    delivery: {
      messageId,
      outcome,
      ...(outcome !== 'delivered' && { reason: `was ${outcome}` }),
      ...(replyBy !== undefined && { replyBy }),
    },
  }),
  decided: (decision: OfferDecision, step = 'FlexOffer/1'): FlexRequestEvent => ({
    type: 'decided',
    step,
    decision,
  }),
  offered: (changes: Partial<OfferContent> = {}, step = 'FlexOffer/1'): FlexRequestEvent =>
    is.decided({ kind: 'offer', content: content(changes) }, step),
  noBid: { type: 'decided', step: 'FlexOffer/1', decision: { kind: 'noBid', reason: 'too dear' } } as const,
  asked: (until: string, step = 'FlexOffer/1'): FlexRequestEvent => is.decided({ kind: 'ask', until }, step),
  answered: (
    Result: 'Accepted' | 'Rejected' = 'Accepted',
    RejectionReason?: string,
    refersTo = 'FlexOffer/1',
  ): FlexRequestEvent => ({
    type: 'offerAnswered',
    answer: {
      messageId: `44444444-4444-4444-8444-44444444444${refersTo.at(-1)}`,
      reference: OFFER_ID,
      refersTo,
      Result,
      RejectionReason,
    },
  }),
  revocationAnswered: (
    Result: 'Accepted' | 'Rejected' = 'Accepted',
    RejectionReason?: string,
    refersTo = 'FlexOfferRevocation/1.1',
  ): FlexRequestEvent => ({
    type: 'revocationAnswered',
    answer: {
      messageId: `66666666-6666-4666-8666-66666666666${refersTo.at(-1)}`,
      reference: 'dddddddd-0000-4000-8000-000000000001',
      refersTo,
      Result,
      RejectionReason,
    },
  }),
  ordered: (changes: Partial<OrderFacts> = {}, rejections: readonly string[] = []): FlexRequestEvent => ({
    type: 'ordered',
    order: order(changes),
    rejections,
  }),
  orderedDirectly: (
    changes: Partial<OrderFacts> = {},
    rejections: readonly string[] = [],
  ): FlexRequestEvent => ({ type: 'ordered', order: directOrder(changes), rejections }),
  booked: (orderMessageId = order().messageId, plan?: OrderPlan): FlexRequestEvent => ({
    type: 'booked',
    orderMessageId,
    booked: { rejections: [], ...(plan && { plan }) },
  }),
  /** A direct order that named no baseline. */
  bookedOn: (baseline: Baseline): FlexRequestEvent => ({
    type: 'booked',
    orderMessageId: order().messageId,
    booked: { rejections: [], baseline },
  }),
  notBooked: (
    orderMessageId = order().messageId,
    rejections: readonly string[] = ['OrderReference not unique'],
  ): FlexRequestEvent => ({ type: 'booked', orderMessageId, booked: { rejections } }),
  reserved: (Power = -4000): FlexRequestEvent => ({
    type: 'reserved',
    ISP: [{ Power, Start: 48, Duration: 4 }],
  }),
  capacityLost: (step = 'FlexOffer/1', lost?: readonly PowerISP[]): FlexRequestEvent => ({
    type: 'capacityLost',
    ...{ step, reason: 'the battery fails', ...(lost && { lost }) },
  }),
  dispatched: (outcome: DispatchOutcome = { outcome: 'confirmed' }): FlexRequestEvent => ({
    type: 'dispatched',
    orderMessageId: order().messageId,
    outcome,
  }),
  measured: (delivery: Partial<MeasuredDelivery> = {}): FlexRequestEvent => ({
    type: 'measured',
    orderMessageId: order().messageId,
    delivery: { known: 4, unknown: 0, shortISPs: [], ...delivery },
  }),
  prognosed: (validated: boolean, reason?: string): FlexRequestEvent => ({
    type: 'prognosed',
    orderMessageId: order().messageId,
    validated,
    ...(reason !== undefined && { reason }),
  }),
  settled: (
    outcome: 'Settled' | 'Disputed' = 'Settled',
    reason?: string,
    orderReference = 'O-1',
  ): FlexRequestEvent => ({
    type: 'settled',
    orderReference,
    messageId: '55555555-5555-4555-8555-555555555555',
    outcome,
    ...(reason !== undefined && { reason }),
  }),
  commanded: (command: Command, id = 'command-1'): FlexRequestEvent => ({
    type: 'commanded',
    command: { id, by: 'anna', ...command },
  }),
  shortfall: (orderReference = 'O-1', ISP?: readonly PowerISP[]): FlexRequestEvent =>
    is.commanded({ kind: 'shortfall', orderReference, reason: 'the battery is empty', ISP }),
  revoked: (step = 'FlexOffer/1'): FlexRequestEvent =>
    is.commanded({ kind: 'revoke', step, reason: 'sold elsewhere' }),
  clock: { type: 'clock' } as FlexRequestEvent,
};

/** What came of a sequence of events: the last state, and every effect on the way. */
export interface Told {
  readonly state: FlexRequestState;
  readonly effects: readonly FlexRequestEffect[];
}

/** An event, and when it is reduced: where nothing is said, shortly after the request. */
export type Entry = FlexRequestEvent | readonly [FlexRequestEvent, string];

export const NOTHING: Told = { state: initialState, effects: [] };

/** Reduces events one after the other; `[event, now]` gives an event its own instant. */
export function tell(events: readonly Entry[], from: Told = NOTHING): Told {
  return events.reduce<Told>(({ state, effects }, entry) => {
    const [event, now] = Array.isArray(entry) ? entry : [entry as FlexRequestEvent, AT.offered];
    const step = reduce(state, event, now);
    return { state: step.state, effects: [...effects, ...step.effects] };
  }, from);
}

const OPENED = [is.requested(), is.sent('FlexRequestResponse')];
const SENT = [...OPENED, is.offered(), is.sent('FlexOffer/1')];
const OFFERED = [...SENT, is.answered()];
const ORDER_ANSWERED = is.sent(`FlexOrderResponse/${order().messageId}`);
const ORDERED = [...OFFERED, is.ordered(), is.booked(), ORDER_ANSWERED] as const;
const PLANNED = [...OFFERED, is.ordered(), is.booked(order().messageId, PLAN), ORDER_ANSWERED] as const;
const DELIVERED = [...ORDERED, [is.clock, AT.delivered] as const];
const REVOKING = [...OFFERED, is.revoked()];

/** The shortest way into each phase, and to the stations within. */
export const UNTIL: Readonly<Record<Phase | Station, readonly Entry[]>> = {
  Waiting: [],
  Rejected: [is.requested({}, ['ISP conflict']), is.sent('FlexRequestResponse')],
  Failed: [is.requested(), is.sent('FlexRequestResponse', 'refused')],
  Open: [is.requested()],
  Opened: OPENED,
  Sent: SENT,
  Offered: OFFERED,
  Unsolicited: [is.unsolicited(), is.offered(), is.sent('FlexOffer/1'), is.answered()],
  Booking: [...OFFERED, is.ordered()],
  BookingDirect: [is.orderedDirectly()],
  Revoking: REVOKING,
  Revoked: [...REVOKING, is.sent('FlexOfferRevocation/1.1'), is.revocationAnswered()],
  Superseded: [
    ...OPENED,
    is.offered(),
    is.sent('FlexOffer/1'),
    is.answered('Rejected', 'no'),
    is.superseded(),
    is.offered({}, 'FlexOffer/2'),
  ],
  Lapsed: [...OPENED, is.noBid, [is.clock, AT.requestExpires]],
  Ordered: ORDERED,
  OrderedDirectly: [is.orderedDirectly(), is.booked(order().messageId, PLAN), ORDER_ANSWERED],
  Planned: PLANNED,
  Delivered: DELIVERED,
  Settled: [...DELIVERED, [is.settled(), AT.settled]],
  Disputed: [...DELIVERED, [is.settled('Disputed', 'ISP 48: no'), AT.settled]],
};
type Station =
  | 'Opened'
  | 'Sent'
  | 'Offered'
  | 'Unsolicited'
  | 'Booking'
  | 'BookingDirect'
  | 'Revoking'
  | 'Revoked'
  | 'OrderedDirectly'
  | 'Planned';

/** What came of the way to a place. */
export const after = (place: keyof typeof UNTIL): Told => tell(UNTIL[place]);

/** What came of the way to a place, with only what is done from here on. */
export const quietly = (place: keyof typeof UNTIL): Told => ({ ...after(place), effects: [] });

export const sends = (effects: readonly FlexRequestEffect[]): SendEffect[] =>
  effects.filter((effect) => effect.kind === 'send');

/** What else is to be done, by kind. */
export const kindsOf = (effects: readonly FlexRequestEffect[]): string[] => effects.map(({ kind }) => kind);

/** The answers to orders, as `Accepted` or their reasons. */
export const orderAnswers = (effects: readonly FlexRequestEffect[]): string[] =>
  sends(effects)
    .filter(({ draft }) => draft.type === 'FlexOrderResponse')
    .map(({ draft }) => String(draft.Result === 'Accepted' ? 'Accepted' : draft.RejectionReason));

/** What came of operators' commands. */
export const outcomes = (effects: readonly FlexRequestEffect[]) =>
  effects.flatMap((effect) => (effect.kind === 'answer' ? [{ [effect.command]: effect.outcome }] : []));

/** The alerts that stand, by their keys. */
export const alertsOf = ({ alerts }: FlexRequestState): Record<string, string> =>
  Object.fromEntries(alerts.filter(({ resolved }) => !resolved).map(({ key, text }) => [key, text]));

export const statusesOf = ({ offers }: FlexRequestState): string[] => offers.map(({ status }) => status);
