import fc from 'fast-check';
import type { FlexRequestEvent } from './events.ts';
import { AT, is, later } from './facts.testkit.ts';

/** A MessageID, of few. */
export const id = (n: number): string => `00000000-0000-4000-8000-00000000000${n}`;

const expiries = ['2026-06-14T09:00:00.000Z', AT.offerExpires, '2026-06-14T20:00:00.000Z', AT.delivered];
export const outcome = fc.constantFrom('delivered' as const, 'refused' as const, 'expired' as const);
const verdict = fc.constantFrom('Accepted' as const, 'Rejected' as const);
const few = fc.integer({ min: 1, max: 4 });
const offerStep = few.map((n) => `FlexOffer/${n}`);
const revocationStep = fc.constantFrom(...['1.1', '1.2', '2.1'].map((n) => `FlexOfferRevocation/${n}`));
const reason = fc.constantFrom(
  'no',
  'Already Submitted',
  'Flexibility procured',
  'Reference message revoked',
);

/** What is decided on a step: mostly an offer, with one of a few expiries. */
export const decision = fc.oneof(
  {
    arbitrary: fc
      .constantFrom(...expiries)
      .map((expiry) => (step: string) => is.offered({ ExpirationDateTime: expiry }, step)),
    weight: 3,
  },
  fc
    .constantFrom(
      {},
      { obligation: { reserved: [{ Power: -5000, Start: 48, Duration: 4 }], firstISP: 49 } },
      { supersededBy: { messageId: id(7), Revision: 2 } },
    )
    .map((more) => (step: string) => is.decided({ kind: 'noBid', reason: 'too dear', ...more }, step)),
  fc.constantFrom(AT.replyBy, AT.requestExpires).map((until) => (step: string) => is.asked(until, step)),
);

const orderArrives = fc
  .record({
    n: few,
    offerStep,
    Price: fc.constantFrom('42.00', '42.00', '42.00', '13.00'),
    receivedAt: fc.constantFrom(AT.offered, later(AT.offerExpires, -1), AT.offerExpires),
    rejections: fc.constantFrom([], [], [], ['Barred Sender']),
    dso: fc.constantFrom('dso.example.com', 'dso.example.com', 'dso.example.com', 'other.example.com'),
  })
  .map(({ n, rejections, ...order }) =>
    is.ordered({ messageId: id(n), OrderReference: `O-${n}`, ...order }, rejections),
  );
const directOrderArrives = fc
  .tuple(few, fc.constantFrom([], [], ['Barred Sender']))
  .map(([n, rejections]) => is.orderedDirectly({ messageId: id(n), OrderReference: `O-${n}` }, rejections));
const answerArrives = fc
  .record({ step: offerStep, verdict, reason })
  .map(({ step, verdict, reason }) =>
    is.answered(verdict, verdict === 'Rejected' ? reason : undefined, step),
  );
const revocationAnswerArrives = fc
  .record({ step: revocationStep, verdict, reason })
  .map(({ step, verdict, reason }) =>
    is.revocationAnswered(verdict, verdict === 'Rejected' ? reason : undefined, step),
  );

/** What the DSO, an operator and the rest of the world may bring at any time. */
export const happens: fc.Arbitrary<FlexRequestEvent> = fc.oneof(
  { arbitrary: orderArrives, weight: 4 },
  { arbitrary: answerArrives, weight: 4 },
  { arbitrary: revocationAnswerArrives, weight: 2 },
  fc.constantFrom(0, -1000, -4000, -6000).map((power) => is.reserved(power)),
  offerStep.map((step) => is.capacityLost(step)),
  fc.constantFrom(is.superseded('revoke'), is.superseded('keep', 3), is.superseded('revoke', 1)),
);

function shortfallOf(orderReference: string, power: number | undefined) {
  const ISP = power === undefined ? undefined : [{ Start: 48, Duration: 4, Power: power }];
  return { kind: 'shortfall' as const, orderReference, reason: 'empty', ISP };
}

let commands = 0;
/** An operator's commands, each with an id of its own. */
export const commanded: fc.Arbitrary<FlexRequestEvent> = fc
  .oneof(
    fc.constant({ kind: 'offer' as const, proposal: { options: [] } }),
    fc.constant({ kind: 'noBid' as const, reason: 'holiday' }),
    offerStep.map((step) => ({ kind: 'revoke' as const, step, reason: 'sold' })),
    fc.oneof(offerStep, revocationStep).map((step) => ({ kind: 'resend' as const, step })),
    fc.tuple(few, fc.constantFrom(undefined, 0, -4000)).map(([n, power]) => shortfallOf(`O-${n}`, power)),
  )
  .map((command) => is.commanded(command, `command-${(commands += 1)}`));

const settles = fc
  .tuple(few, fc.boolean())
  .map(([n, agreed]) =>
    agreed ? is.settled('Settled', undefined, `O-${n}`) : is.settled('Disputed', 'no', `O-${n}`),
  );
const about = (event: FlexRequestEvent, n: number): FlexRequestEvent =>
  ({ ...event, orderMessageId: id(n) }) as FlexRequestEvent;

/** Any event, fitting or not: most sequences are nonsense, and none of them may lead anywhere impossible. */
export const anyEvent: fc.Arbitrary<FlexRequestEvent> = fc.oneof(
  { arbitrary: happens, weight: 12 },
  commanded,
  fc.constantFrom<string[][]>([], [], [], ['ISP conflict']).map((rejections) => is.requested({}, rejections)),
  fc.constant(is.unsolicited()),
  directOrderArrives,
  { arbitrary: fc.tuple(decision, offerStep).map(([decide, step]) => decide(step)), weight: 3 },
  {
    arbitrary: fc
      .tuple(
        fc.oneof(
          offerStep,
          revocationStep,
          fc.constant('FlexRequestResponse'),
          few.map((n) => `FlexOrderResponse/${id(n)}`),
        ),
        outcome,
        fc.constantFrom(undefined, AT.replyBy),
      )
      .map(([step, outcome, replyBy]) => is.sent(step, outcome, id(9), replyBy)),
    weight: 4,
  },
  {
    arbitrary: fc.tuple(few, few).map(([n, m]) => (m > 1 ? is.booked(id(n)) : is.notBooked(id(n)))),
    weight: 3,
  },
  few.map((n) => about(is.dispatched({ outcome: 'refused', reason: 'no' }), n)),
  few.map((n) => about(is.measured(), n)),
  fc.tuple(few, fc.boolean()).map(([n, validated]) => about(is.prognosed(validated), n)),
  { arbitrary: settles, weight: 2 },
  { arbitrary: fc.constant(is.clock), weight: 3 },
);

export const elapsed = fc.constantFrom(0, 1, 60_000, 5 * 60_000, 3_600_000, 12 * 3_600_000);

const OPENED = [is.requested(), is.sent('FlexRequestResponse')];
const TWO = [
  ...OPENED,
  is.offered(),
  is.commanded({ kind: 'offer', proposal: { options: [] } }, 'first'),
  is.offered({}, 'FlexOffer/2'),
];

/** Up to 30 events, each with how long after the one before, in ms. Most begin as every conversation does. */
export const sequence = fc
  .tuple(
    fc.constantFrom(
      [],
      [is.requested()],
      [is.unsolicited(), is.offered()],
      [is.orderedDirectly({ messageId: id(1) })],
      OPENED,
      [...OPENED, is.offered(), is.sent('FlexOffer/1'), is.answered()],
      TWO,
      [...TWO, is.answered(), is.ordered({ messageId: id(1) })],
      [...OPENED, is.offered(), is.ordered({ messageId: id(1) }), is.booked(id(1))],
    ),
    fc.array(fc.tuple(anyEvent, elapsed), { maxLength: 22 }),
  )
  .map(([start, rest]) => [...start.map((event) => [event, 0] as const), ...rest]);
