import type { FlexRequestEffect, FlexRequestEvent, SendEffect } from './events.ts';
import { reduce } from './reducer.ts';
import {
  type FlexRequestState,
  initialState,
  type OfferContent,
  type OrderFacts,
  type Phase,
  type RequestFacts,
} from './state.ts';

/** The story of the tests: a request for the next day, answered, offered and ordered in the hours before. */
export const AT = {
  requested: '2026-06-14T08:00:00.000Z',
  offered: '2026-06-14T08:01:00.000Z',
  ordered: '2026-06-14T11:00:00.000Z',
  offerExpires: '2026-06-14T12:00:00.000Z',
  requestExpires: '2026-06-14T16:00:00.000Z',
  /** The end of ISP 51 of that day in Amsterdam. */
  delivered: '2026-06-15T10:45:00.000Z',
  settled: '2026-07-10T09:00:00.000Z',
} as const;

const COMMON = {
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
  dso: 'dso.example.com',
  messageId: '11111111-1111-4111-8111-111111111111',
  Revision: 1,
  ExpirationDateTime: AT.requestExpires,
  ISP: [{ Disposition: 'Requested', MinPower: -6000, MaxPower: -4000, Start: 48, Duration: 4 }],
  ...changes,
});

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

export const is = {
  requested: (changes: Partial<RequestFacts> = {}, rejections: readonly string[] = []): FlexRequestEvent => ({
    type: 'requested',
    request: request(changes),
    rejections,
  }),
  sent: (
    step: string,
    outcome: 'delivered' | 'refused' | 'expired' = 'delivered',
    messageId = OFFER_ID,
  ): FlexRequestEvent => ({
    type: 'sent',
    step,
    delivery: { messageId, outcome, ...(outcome !== 'delivered' && { reason: `was ${outcome}` }) },
  }),
  offered: (changes: Partial<OfferContent> = {}): FlexRequestEvent => ({
    type: 'decided',
    decision: { kind: 'offer', content: content(changes) },
  }),
  noBid: { type: 'decided', decision: { kind: 'noBid', reason: 'too dear' } } as FlexRequestEvent,
  answered: (Result: 'Accepted' | 'Rejected' = 'Accepted', RejectionReason?: string): FlexRequestEvent => ({
    type: 'offerAnswered',
    answer: {
      messageId: '44444444-4444-4444-8444-444444444444',
      FlexOfferMessageID: OFFER_ID,
      offerStep: 'FlexOffer/1',
      Result,
      RejectionReason,
    },
  }),
  ordered: (changes: Partial<OrderFacts> = {}, rejections: readonly string[] = []): FlexRequestEvent => ({
    type: 'ordered',
    order: order(changes),
    rejections,
  }),
  booked: (booked = true, orderMessageId = order().messageId): FlexRequestEvent => ({
    type: 'booked',
    orderMessageId,
    booked,
  }),
  reserved: { type: 'reserved', ISP: [{ Power: -4000, Start: 48, Duration: 4 }] } as FlexRequestEvent,
  settled: (outcome: 'Settled' | 'Disputed' = 'Settled', reason?: string): FlexRequestEvent => ({
    type: 'settled',
    messageId: '55555555-5555-4555-8555-555555555555',
    outcome,
    ...(reason !== undefined && { reason }),
  }),
  clock: { type: 'clock' } as FlexRequestEvent,
};

/** What came of a sequence of events: the last state, and every effect on the way. */
export interface Told {
  readonly state: FlexRequestState;
  readonly effects: readonly FlexRequestEffect[];
}

/** Reduces events one after the other; `[event, now]` gives an event its own instant. */
export function tell(
  events: readonly (FlexRequestEvent | readonly [FlexRequestEvent, string])[],
  from: Told = { state: initialState, effects: [] },
): Told {
  return events.reduce<Told>(({ state, effects }, entry) => {
    const [event, now] = Array.isArray(entry) ? entry : [entry as FlexRequestEvent, AT.offered];
    const step = reduce(state, event, now);
    return { state: step.state, effects: [...effects, ...step.effects] };
  }, from);
}

const OPENED = [is.requested(), is.sent('FlexRequestResponse')];
const OFFERED = [...OPENED, is.offered(), is.sent('FlexOffer/1'), is.answered()];
const ORDERED = [
  ...OFFERED,
  is.ordered(),
  is.booked(),
  is.sent(`FlexOrderResponse/${order().messageId}`),
] as const;
const DELIVERED = [...ORDERED, [is.clock, AT.delivered] as const];

/** The shortest way into each phase, and to the stations within `Open`. */
export const UNTIL: Readonly<
  Record<
    Phase | 'Opened' | 'Offered' | 'Booking',
    readonly (FlexRequestEvent | readonly [FlexRequestEvent, string])[]
  >
> = {
  Waiting: [],
  Rejected: [is.requested({}, ['ISP conflict']), is.sent('FlexRequestResponse')],
  Failed: [is.requested(), is.sent('FlexRequestResponse', 'refused')],
  Open: [is.requested()],
  Opened: OPENED,
  Offered: OFFERED,
  Booking: [...OFFERED, is.ordered()],
  Lapsed: [...OPENED, is.noBid, [is.clock, AT.requestExpires]],
  Ordered: ORDERED,
  Delivered: DELIVERED,
  Settled: [...DELIVERED, is.settled()],
  Disputed: [...DELIVERED, is.settled('Disputed', 'ISP 48: no')],
};

export const sends = (effects: readonly FlexRequestEffect[]): SendEffect[] =>
  effects.filter((effect) => effect.kind === 'send');

/** The answers to orders, as `Accepted` or their reasons. */
export const orderAnswers = (effects: readonly FlexRequestEffect[]): string[] =>
  sends(effects)
    .filter(({ draft }) => draft.type === 'FlexOrderResponse')
    .map(({ draft }) => String(draft.Result === 'Accepted' ? 'Accepted' : draft.RejectionReason));
