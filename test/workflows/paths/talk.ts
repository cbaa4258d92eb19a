import { randomUUID } from 'node:crypto';
import type { OfferContent, OfferDecision, OfferProposal } from '../../../market/flex-request/index.ts';
import { ispCount } from '../../../uftp/index.ts';
import type { Inbound } from '../../../workflows/inbound.ts';
import { type Conversation, DSO, type Workflows, type World } from '../workflows.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const PERIOD = '2027-05-16';
export const DAY_BEFORE = '2027-05-15T08:00:00.000Z';
/** When the first and after the last of `ISP` on PERIOD begin. */
export const FIRST_ISP = '2027-05-16T15:00:00.000Z';
export const AFTER_LAST_ISP = '2027-05-16T17:00:00.000Z';
export const ISP = [{ Start: 69, Duration: 8, Power: -4000 }];

export const later = (instant: string, milliseconds: number): string =>
  new Date(Date.parse(instant) + milliseconds).toISOString();

/** One way that a conversation can go, told to its end. Its history is kept under its name. */
export interface Path {
  readonly name: string;
  /** For the table: what happens. */
  readonly about: string;
  /** It grows so long that it goes on in a next run; the first one's history is kept too. */
  readonly inTwoRuns?: true;
  /** Plays it, checks it on the way, and returns the conversation when its workflow is over. */
  readonly play: (on: Workflows) => Promise<Conversation>;
}

export const option = (changes: Partial<OfferContent['OfferOption'][number]> = {}) => ({
  OptionReference: 'A',
  Price: '10.00',
  MinActivationFactor: '1.00',
  ISP,
  ...changes,
});

/** The decision to offer; without changes an offer that expires after two hours. */
export function offer(changes: Partial<OfferContent> = {}): Extract<OfferDecision, { kind: 'offer' }> {
  const ExpirationDateTime = later(DAY_BEFORE, 2 * HOUR);
  return {
    kind: 'offer',
    content: { ExpirationDateTime, Currency: 'EUR', OfferOption: [option()], ...changes },
  };
}

export const proposal: OfferProposal = { options: [{ Price: '10.00', ISP }] };

interface Told extends World {
  readonly period?: string;
  readonly now?: string;
  readonly rejections?: readonly string[];
  /** Attributes of the FlexRequest, and of the order. */
  readonly request?: object;
  readonly order?: object;
}

export const frame = (period = PERIOD) => ({
  ISPDuration: 'PT15M',
  TimeZone: 'Europe/Amsterdam',
  Period: period,
  CongestionPoint: 'ea1.2009-01.com.example:feeder-7',
});

/** A conversation that a FlexRequest began. It expires after four hours, its offer after two. */
export async function asked(on: Workflows, told: Told = {}) {
  const { period = PERIOD, now = DAY_BEFORE, rejections = [], request, order: _, ...world } = told;
  const ISPs = ispCount(period, 'Europe/Amsterdam', 'PT15M');
  const usual = offer({ ExpirationDateTime: later(now, 2 * HOUR) });
  const conversation = on.converse(now, { decisions: [usual], ...world });
  const content = {
    ...frame(period),
    Revision: 1,
    ExpirationDateTime: later(now, 4 * HOUR),
    ISP: [{ Start: 1, Duration: ISPs, Disposition: 'Requested', MinPower: -6000, MaxPower: -4000 }],
    ...request,
  };
  await conversation.begin('FlexRequest', content, { rejections });
  return talkOf(conversation, period);
}

/** A conversation in which the first offer stands and may be ordered. */
export async function offered(on: Workflows, told: Told = {}) {
  const talk = await asked(on, told);
  await talk.offerIs('Sent');
  await talk.answerOffer();
  await talk.offerIs('Open');
  return talk;
}

/** A conversation in which an order binds. */
export async function ordered(on: Workflows, told: Told = {}) {
  const talk = await offered(on, told);
  await talk.order(told.order);
  await talk.quiet('Ordered');
  return talk;
}

/** What the DSO, and time, may do in a conversation. */
export function talkOf(conversation: Conversation, period = PERIOD) {
  const { give, state, moveBy, now } = conversation;
  let present = now;
  return {
    ...conversation,
    answerOffer: (content: object = {}, refersTo = 'FlexOffer/1') =>
      give('FlexOfferResponse', { Result: 'Accepted', ...content }, { refersTo }),
    answerRevocation: (content: object = {}, refersTo = 'FlexOfferRevocation/1.1') =>
      give('FlexOfferRevocationResponse', { Result: 'Accepted', ...content }, { refersTo }),
    order: (content: object = {}, given: Partial<Inbound> = {}) =>
      give('FlexOrder', orderContent(period, content), given),
    settled: (orderReference: string, outcome: 'Settled' | 'Disputed' = 'Settled', reason?: string) =>
      conversation.tell({
        type: 'settled',
        ...{ orderReference, messageId: randomUUID(), outcome },
        ...(reason !== undefined && { reason }),
      }),
    offerIs: (status: string, index = 0) => state(({ offers }) => offers[index]?.status === status),
    /** The phase is reached, and everything that follows is sent. */
    quiet: (wanted: string) => state(({ phase, sending }) => phase === wanted && sending.length === 0),
    /** Everything that came in is answered. */
    answered: (messages: number) =>
      state(({ seen, sending }) => seen.length === messages && sending.length === 0),
    async moveTo(instant: string): Promise<void> {
      await moveBy(Date.parse(instant) - Date.parse(present));
      present = instant;
    },
    async moveBy(milliseconds: number): Promise<void> {
      await moveBy(milliseconds);
      present = later(present, milliseconds);
    },
    /** The present by market time (UTC). */
    present: () => present,
    /** The drafts sent of one type. */
    draftsOf: (type: string) =>
      conversation.sent.map(({ draft }) => draft).filter((draft) => draft.type === type),
  };
}

export type Talk = ReturnType<typeof talkOf>;

export const orderContent = (period: string, changes: object = {}) => ({
  ...frame(period),
  OptionReference: 'A',
  OrderReference: 'O-1',
  ActivationFactor: '1.00',
  Price: '10.00',
  Currency: 'EUR',
  ISP,
  ...changes,
});

export { DSO };
