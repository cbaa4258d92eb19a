import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { content, frame, is, OFFER_ID, order, tell, UNTIL } from './facts.testkit.ts';
import { checkOrder, refersToOffer } from './order-check.ts';
import type { OfferContent, OrderFacts } from './facts.ts';
import type { FlexRequestState, OfferStatus } from './state.ts';

const offering = (changes: Partial<OfferContent> = {}, status: OfferStatus = 'Open'): FlexRequestState => ({
  ...tell(UNTIL.Opened).state,
  offers: [{ step: 'FlexOffer/1', why: 'requested', status, messageId: OFFER_ID, content: content(changes) }],
});

const reasons = (changes: Partial<OrderFacts>, state = offering()): readonly string[] =>
  checkOrder(state, order(changes)).rejections;

const twoOptions: OfferContent['OfferOption'] = [
  ...content().OfferOption,
  {
    OptionReference: 'B',
    Price: '50',
    MinActivationFactor: '1',
    ISP: [{ Power: -5000, Start: 48, Duration: 4 }],
  },
];

describe('an order that repeats its offer', () => {
  it.each<[string, Partial<OrderFacts>]>([
    ['exactly', {}],
    ['with the price written otherwise', { Price: '42' }],
    [
      'with its ISPs grouped otherwise',
      { ISP: [1, 2, 3, 4].map((n) => ({ Power: -4000, Start: 52 - n, Duration: 1 })) },
    ],
    ['without naming the only option', { OptionReference: undefined }],
    ['without naming the baseline', { BaselineReference: undefined }],
    [
      'named by MessageID alone, in other letters',
      { offerStep: undefined, FlexOfferMessageID: OFFER_ID.toLowerCase() },
    ],
  ])('%s, is right', (_, changes) => {
    expect(checkOrder(offering(), order(changes))).toMatchObject({
      offer: { step: 'FlexOffer/1' },
      rejections: [],
    });
  });

  it.each<OfferStatus>(['Sending', 'Sent', 'Open', 'Undelivered'])(
    'is right on an offer that is %s',
    (status) => {
      expect(reasons({}, offering({}, status))).toEqual([]);
    },
  );

  it('is right for one option of several, where it names it', () => {
    const several = offering({ OfferOption: twoOptions });
    const ISP = [{ Power: -5000, Start: 48, Duration: 4 }];
    expect(reasons({ OptionReference: 'B', Price: '50.00', ISP }, several)).toEqual([]);
  });
});

describe('an order that differs from its offer', () => {
  it.each<[string, Partial<OrderFacts>]>([
    ['Unknown reference FlexOfferMessageID', { offerStep: 'FlexOffer/2' }],
    ['Unknown reference FlexOfferMessageID', { offerStep: undefined, FlexOfferMessageID: order().messageId }],
    ['Unknown reference FlexOfferMessageID', { offerStep: undefined, FlexOfferMessageID: undefined }],
    ['Unknown reference FlexOfferMessageID', { dso: 'other.example.com' }],
    ['Reference message expired', { receivedAt: '2026-06-14T12:00:00.000Z' }],
    ['Reference Period mismatch', { Period: '2026-06-16' }],
    ['Invalid congestion point', { CongestionPoint: 'ean.871685900012636550' }],
    ['Baseline mismatch', { BaselineReference: 'BL-2' }],
    ['Unknown reference OptionReference', { OptionReference: 'B' }],
    ['Price mismatch', { Currency: 'SEK' }],
    ['Price mismatch', { Price: '42.0001' }],
    ['Price mismatch', { Price: '41.99' }],
    ['Power mismatch', { ISP: [{ Power: -3999, Start: 48, Duration: 4 }] }],
    ['Power mismatch', { ISP: [{ Power: 4000, Start: 48, Duration: 4 }] }],
    ['ISP mismatch', { ISP: [{ Power: -4000, Start: 48, Duration: 3 }] }],
    ['ISP mismatch', { ISP: [{ Power: -4000, Start: 48, Duration: 5 }] }],
    ['ISP mismatch', { ISP: [{ Power: -4000, Start: 47, Duration: 4 }] }],
    ['ISP mismatch', { ISP: [] }],
    ['ISP mismatch', { ISP: [...order().ISP, { Power: -4000, Start: 97, Duration: 1 }] }],
    ['ISP mismatch', { ISP: [...order().ISP, { Power: -4000, Start: 48, Duration: 1 }] }],
    ['ISP mismatch', { ISP: [{ Power: -4000, Start: 48, Duration: Number.MAX_SAFE_INTEGER }] }],
    ['Activation factor out of bounds', { ActivationFactor: '0.49', Price: '20.58', ISP: scaled(-1960) }],
    ['Activation factor out of bounds', { ActivationFactor: '1.01', Price: '42.42', ISP: scaled(-4040) }],
  ])('%s: %o', (reason, changes) => {
    expect(reasons(changes)).toEqual([reason]);
  });

  it('has to name one of several options', () => {
    const several = offering({ OfferOption: twoOptions });
    expect(reasons({ OptionReference: undefined }, several)).toEqual(['Unknown reference OptionReference']);
  });

  it('has to name the D-Prognosis of its offer, in letters of any case', () => {
    const DPrognosisMessageID = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
    const prognosed = offering({ BaselineReference: undefined, DPrognosisMessageID });
    const naming = (id: string) =>
      reasons({ BaselineReference: undefined, DPrognosisMessageID: id }, prognosed);
    expect(naming(DPrognosisMessageID.toUpperCase())).toEqual([]);
    expect(naming(OFFER_ID)).toEqual(['Baseline mismatch']);
  });

  it('may not name a baseline where the offer has none', () => {
    expect(reasons({}, offering({ BaselineReference: undefined }))).toEqual(['Baseline mismatch']);
  });

  it.each<[OfferStatus, string]>([
    ['Ordering', 'FlexOffer already ordered'],
    ['Ordered', 'FlexOffer already ordered'],
    ['Expired', 'Reference message expired'],
    ['Refused', 'Invalid Message: the FlexOffer was rejected'],
    ['Revoking', 'Reference message revoked'],
    ['Revoked', 'Reference message revoked'],
  ])('finds an offer that is %s: %s', (status, reason) => {
    expect(reasons({}, offering({}, status))).toEqual([reason]);
  });

  it('hears every reason together, each once', () => {
    const wrong = {
      receivedAt: '2026-06-14T13:00:00.000Z',
      Period: '2026-06-16',
      CongestionPoint: 'ean.871685900012636550',
      BaselineReference: 'BL-2',
      ActivationFactor: '0.1',
      Currency: 'SEK',
      Price: '1',
      ISP: [{ Power: 1, Start: 1, Duration: 1 }],
    };
    expect(reasons(wrong, offering({}, 'Ordered'))).toEqual([
      'FlexOffer already ordered',
      'Reference message expired',
      'Reference Period mismatch',
      'Invalid congestion point',
      'Baseline mismatch',
      'Activation factor out of bounds',
      'ISP mismatch',
      'Price mismatch',
    ]);
  });
});

function scaled(Power: number) {
  return [{ Power, Start: 48, Duration: 4 }];
}

describe('partial activation', () => {
  const half = { ActivationFactor: '0.50', Price: '21.00', ISP: scaled(-2000) };

  it('scales power and price alike', () => {
    expect(reasons(half)).toEqual([]);
    expect(reasons({ ...half, ISP: order().ISP })).toEqual(['Power mismatch']);
    expect(reasons({ ...half, Price: '42.00' })).toEqual(['Price mismatch']);
  });

  it('allows for one of the last digit in any currency', () => {
    const yen = offering({ Currency: 'JPY', OfferOption: [{ ...content().OfferOption[0]!, Price: '7' }] });
    const inYen = { ...half, Currency: 'JPY' };
    expect(reasons({ ...inYen, Price: '4' }, yen)).toEqual([]);
    expect(reasons({ ...inYen, Price: '5' }, yen)).toEqual(['Price mismatch']);
  });

  it('allows for what is agreed about rounding', () => {
    const agreed = { ...half, rounding: { powerW: 10, amount: '0.10' } };
    expect(reasons({ ...agreed, Price: '21.10', ISP: scaled(-2010) })).toEqual([]);
    expect(reasons({ ...agreed, Price: '21.11', ISP: scaled(-2011) })).toEqual([
      'Power mismatch',
      'Price mismatch',
    ]);
    const exact = { ...half, rounding: { powerW: 0, amount: '0.00' } };
    expect(reasons({ ...exact, Price: '21.01', ISP: scaled(-2001) })).toHaveLength(2);
  });

  it('allows for rounding: 1 W and 0.01', () => {
    expect(reasons({ ...half, Price: '21.01', ISP: scaled(-2001) })).toEqual([]);
    expect(reasons({ ...half, Price: '20.99', ISP: scaled(-1999) })).toEqual([]);
    expect(reasons({ ...half, Price: '21.0101', ISP: scaled(-2002) })).toEqual([
      'Power mismatch',
      'Price mismatch',
    ]);
  });

  it('allows for no rounding at factor 1', () => {
    expect(reasons({ ActivationFactor: '1.00', Price: '42.01' })).toEqual(['Price mismatch']);
    expect(reasons({ ActivationFactor: '1.00', ISP: scaled(-4001) })).toEqual(['Power mismatch']);
  });

  it('is right for every factor that the option allows, rounded as one may', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 50, max: 100 }),
        fc.integer({ min: -100_000, max: 100_000 }),
        fc.integer({ min: 0, max: 10_000_000 }),
        (percent, power, cents) => {
          const state = offering({
            OfferOption: [
              { ...content().OfferOption[0]!, Price: (cents / 100).toFixed(2), ISP: scaled(power) },
            ],
          });
          const due = {
            ActivationFactor: (percent / 100).toFixed(2),
            Price: (Math.round((cents * percent) / 100) / 100).toFixed(2),
            ISP: scaled(Math.round((power * percent) / 100)),
          };
          expect(reasons(due, state)).toEqual([]);
        },
      ),
    );
  });
});

describe('the calendar of an order', () => {
  it('is that of the request: an order in another, unknown zone is still judged', () => {
    expect(reasons({ TimeZone: 'Mars/Olympus', ISPDuration: 'P1Y' })).toEqual([]);
  });

  it('has 92 ISPs where clocks go forward', () => {
    const short = { Period: '2027-03-28', ISP: [{ Power: -4000, Start: 89, Duration: 4 }] };
    const state = (Start: number): FlexRequestState => ({
      ...offering({
        OfferOption: [{ ...content().OfferOption[0]!, ISP: [{ Power: -4000, Start, Duration: 4 }] }],
      }),
      frame: frame({ Period: '2027-03-28' }),
    });
    expect(reasons(short, state(89))).toEqual([]);
    expect(reasons({ ...short, ISP: [{ Power: -4000, Start: 90, Duration: 4 }] }, state(90))).toEqual([
      'ISP mismatch',
    ]);
  });
});

describe('a reference to an offer', () => {
  const offer = offering().offers[0]!;

  it('goes by the step where that is known, whatever the MessageID', () => {
    expect(refersToOffer(offer, 'FlexOffer/1', 'anything')).toBe(true);
    expect(refersToOffer(offer, 'FlexOffer/2', OFFER_ID)).toBe(false);
  });

  it('fits no offer whose MessageID is not known yet', () => {
    const { messageId: _, ...unnamed } = offer;
    expect(refersToOffer(unnamed, undefined, undefined)).toBe(false);
    expect(refersToOffer(unnamed, undefined, OFFER_ID)).toBe(false);
  });
});

it('no order fits before there is a request', () => {
  expect(checkOrder(tell([is.clock]).state, order()).rejections).toEqual([
    'Unknown reference FlexOfferMessageID',
  ]);
});
