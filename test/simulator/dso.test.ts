import { beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../base/clock.ts';
import { type Content, DSO, meterDay, type Peer, scenario } from '../../simulator/index.ts';
import { requestFlex, updateReservation } from '../../simulator/control-api.ts';
import { judgeAlone, type Message, type Version, VERSIONS } from '../../uftp/index.ts';
import { introduce, startPeer } from './support.ts';

const MORNING = '2026-06-15T08:00:00Z';
let now = MORNING;
const clock: Clock = { now: () => new Date(now) };
const story = scenario.standardStory(clock.now().toISOString());
const { congestionPoint, market, contract } = scenario;

/** What an aggregator answers a request with: 5 kW over the evening peak. */
function offerFor(
  request: Message<'FlexRequest'>,
  changes: Partial<Content<'FlexOffer'>> = {},
): Content<'FlexOffer'> {
  return {
    type: 'FlexOffer',
    Version: request.Version,
    ConversationID: request.ConversationID,
    ISPDuration: request.ISPDuration,
    TimeZone: request.TimeZone,
    Period: request.Period,
    CongestionPoint: request.CongestionPoint,
    ExpirationDateTime: request.ExpirationDateTime,
    FlexRequestMessageID: request.MessageID,
    ContractID: request.ContractID,
    BaselineReference: scenario.BASELINE_REFERENCE,
    Currency: 'EUR',
    OfferOption: [
      {
        OptionReference: 'A',
        Price: '12.50',
        MinActivationFactor: '0.50',
        ISP: [{ Power: -500_000, Start: 69, Duration: 8 }],
      },
    ],
    ...changes,
  };
}

describe('a DSO', () => {
  let agr: Peer;
  let dso: DSO;
  beforeEach(async () => {
    now = MORNING;
    agr = await startPeer('AGR', { clock });
    dso = new DSO(await startPeer('DSO', { clock }), {
      market,
      congestionPoints: [congestionPoint],
      contracts: [contract],
    });
    introduce(agr, dso.peer);
  });

  const ask = (version: Version = '3.1.0') =>
    dso.requestFlex(requestFlex.parse({ ...story.request, version }));

  /** Offers, waits for the DSO's answer to exactly that offer. */
  async function offered(request: Message<'FlexRequest'>, changes: Partial<Content<'FlexOffer'>> = {}) {
    const offer = await agr.send<'FlexOffer'>(dso.peer.domain, offerFor(request, changes));
    const response = await agr.expect(
      'FlexOfferResponse',
      ({ FlexOfferMessageID }) => FlexOfferMessageID === offer.MessageID,
    );
    return { offer, response };
  }

  /** Orders, and accepts the order as an aggregator does. */
  async function ordered(...[order]: Parameters<DSO['order']>) {
    const sent = await dso.order(order);
    const received = await agr.expect('FlexOrder', ({ MessageID }) => MessageID === sent.MessageID);
    await agr.answer(received);
    await dso.peer.expect(
      'FlexOrderResponse',
      ({ FlexOrderMessageID }) => FlexOrderMessageID === sent.MessageID,
    );
    return sent;
  }

  const delivery = (power: number) => ({
    congestionPoint: congestionPoint.entityAddress,
    period: story.period,
    baseline: [...story.baseline.power],
    readings: meterDay({
      period: story.period,
      market,
      baselines: story.baselines,
      ordered: [{ Power: power, Start: 69, Duration: 8 }],
      seed: 3,
    }).readings.map(({ connection, isps }) => ({ connection, isps: [...isps] })),
  });

  it.each(VERSIONS)(
    'asks, takes an offer, orders, keeps a reservation and settles, in %s',
    async (version) => {
      const request = await ask(version);
      expect(request).toMatchObject({ Version: version, Period: story.period });
      const { offer, response } = await offered(request);
      expect(response).toMatchObject({ Result: 'Accepted', Version: version });

      const order = await ordered({ offer: offer.MessageID });
      expect(order).toMatchObject({
        Version: version,
        ConversationID: request.ConversationID,
        Price: '12.50',
        OptionReference: 'A',
        BaselineReference: scenario.BASELINE_REFERENCE,
        ISP: [{ Power: -500_000, Start: 69, Duration: 8 }],
      });

      await dso.updateReservation(updateReservation.parse({ ...story.reservationUpdate, version }));
      const update = await agr.expect('FlexReservationUpdate');
      expect(update).toMatchObject({ Version: version, ContractID: 'C-1' });

      now = '2026-06-18T08:00:00Z';
      await dso.settle(delivery(-500000));
      const settlement = await agr.expect('FlexSettlement');
      const [item] = settlement.FlexOrderSettlement;
      expect(settlement).toMatchObject({
        Version: version,
        PeriodStart: story.period,
        PeriodEnd: story.period,
      });
      expect(item).toMatchObject({ OrderReference: order.OrderReference, ContractID: 'C-1', Price: '12.50' });
      expect(item!.ISP).toHaveLength(8);
      const short = item!.ISP.filter(({ PowerDeficiency }) => PowerDeficiency > 0);
      expect(short).toHaveLength(1);
      expect(short[0]!.DeliveredFlexPower).toBe(-500000 + short[0]!.PowerDeficiency);
      // A quarter of an hour at 250 EUR/MWh; money here in plain arithmetic, on amounts of a few cents.
      const penalty = Math.round((short[0]!.PowerDeficiency / 4 / 1e6) * 250 * 100) / 100;
      expect(penalty).toBeGreaterThan(0);
      expect(Number(item!.Penalty)).toBe(penalty);
      expect(Number(item!.NetSettlement)).toBeCloseTo(12.5 - penalty, 4);
      expect(settlement.ContractSettlement[0]!.Period[0]!.ISP[7]).toMatchObject({
        Start: 76,
        ReservedPower: -300_000,
        RequestedPower: -300_000,
        OfferedPower: -500_000,
        OrderedPower: -500_000,
      });

      const sent = dso.peer.record.messages.filter(({ direction }) => direction === 'sent');
      expect(sent.map(({ message: { type } }) => type)).toEqual([
        'FlexRequest',
        'FlexOfferResponse',
        'FlexOrder',
        'FlexReservationUpdate',
        'FlexSettlement',
      ]);
      for (const { message, at } of sent) {
        expect(judgeAlone(message, { now: at, market: dso.peer.market!, recipientRole: 'AGR' })).toEqual([]);
      }
    },
  );

  it('orders a part of an option', async () => {
    const { offer } = await offered(await ask());
    const order = await ordered({
      offer: offer.MessageID,
      option: 'A',
      factor: '0.50',
      orderReference: 'O-1',
    });
    expect(order).toMatchObject({
      ActivationFactor: '0.50',
      Price: '6.25',
      OrderReference: 'O-1',
      ISP: [{ Power: -250_000 }],
    });
  });

  it('orders what was not offered when told to', async () => {
    const { offer } = await offered(await ask());
    const isps = [{ powerW: -600000, start: 70, duration: 2 }];
    const order = await ordered({ offer: offer.MessageID, price: '1.00', isps });
    expect(order).toMatchObject({ Price: '1.00', ISP: [{ Power: -600_000, Start: 70, Duration: 2 }] });
  });

  it('settles wrongly when told to: an order left out, a penalty too high', async () => {
    const request = await ask();
    const first = await ordered({ offer: (await offered(request)).offer.MessageID, orderReference: 'O-1' });
    await ordered({ offer: (await offered(request)).offer.MessageID, orderReference: 'O-2' });
    const full = await dso.settle(delivery(-10_000));
    expect(full.FlexOrderSettlement.map(({ OrderReference }) => OrderReference)).toEqual(['O-1', 'O-2']);
    const partial = await dso.settle({ ...delivery(-500000), orders: ['O-1'], overcharge: '5.00' });
    const honest = await dso.settle({ ...delivery(-500000), orders: ['O-1'] });
    const [contested, fair] = [partial, honest].map(({ FlexOrderSettlement: [item] }) => item!);
    expect(partial.FlexOrderSettlement).toHaveLength(1);
    expect(Number(contested!.Penalty) - Number(fair!.Penalty)).toBeCloseTo(5, 4);
    expect(Number(contested!.NetSettlement) - Number(fair!.NetSettlement)).toBeCloseTo(-5, 4);
    expect(first.OrderReference).toBe('O-1');
  });

  it('miscounts in the way that it is told', async () => {
    await ordered({ offer: (await offered(await ask())).offer.MessageID, orderReference: 'O-1' });
    const honest = await dso.settle(delivery(-500000));
    const doubled = await dso.settle({ ...delivery(-500000), miscount: 'order-doubled' });
    const [item] = honest.FlexOrderSettlement;
    expect(doubled.FlexOrderSettlement).toEqual([item, item]);
    expect(doubled.ContractSettlement).toEqual(honest.ContractSettlement);
  });

  it('settles no order that was not accepted', async () => {
    const { offer } = await offered(await ask());
    const order = await dso.order({ offer: offer.MessageID, orderReference: 'O-1' });
    await agr.answer(await agr.expect('FlexOrder', ({ MessageID }) => MessageID === order.MessageID), ['No']);
    await dso.peer.expect('FlexOrderResponse');
    await expect(dso.settle({ ...delivery(-500000), orders: ['O-1'] })).rejects.toMatchObject({
      code: 'simulator.order-unknown',
    });
  });

  it.each<[string, Partial<Content<'FlexOffer'>>]>([
    [
      'Unknown reference FlexRequestMessageID',
      { FlexRequestMessageID: '11111111-1111-4111-8111-111111111111' },
    ],
    [
      'Request mismatch',
      { OfferOption: [{ OptionReference: 'A', Price: '1.00', ISP: [{ Power: -1000, Start: 1 }] }] },
    ],
    [
      'Power value rejection',
      { OfferOption: [{ OptionReference: 'A', Price: '1.00', ISP: [{ Power: -7000, Start: 69 }] }] },
    ],
    [
      'ISP conflict',
      {
        OfferOption: [
          {
            OptionReference: 'A',
            Price: '1.00',
            ISP: [
              { Power: -500_000, Start: 69, Duration: 2 },
              { Power: -500_000, Start: 70 },
            ],
          },
        ],
      },
    ],
    ['No baseline', { BaselineReference: undefined }],
    ['ExpirationDateTime out of bounds', { ExpirationDateTime: '2020-01-01T00:00:00Z' }],
    ['ExpirationDateTime out of bounds', { ExpirationDateTime: '2999-01-01T00:00:00Z' }],
    ['Time zone rejected', { TimeZone: 'Europe/Moscow' }],
    ['ISP duration rejected', { ISPDuration: 'PT30M' }],
  ])('rejects an offer: %s', async (reason, changes) => {
    const { response } = await offered(await ask(), changes);
    expect(response).toMatchObject({ Result: 'Rejected', RejectionReason: reason });
  });

  it('names everything that is wrong with an offer', async () => {
    const { response } = await offered(await ask(), {
      CongestionPoint: 'ean.999999999999999999',
      OfferOption: [{ OptionReference: 'A', Price: '1.00', ISP: [{ Power: -1000, Start: 1 }] }],
    });
    expect(response.RejectionReason!.split(';')).toEqual(['Invalid congestion point', 'Request mismatch']);
  });

  it('is not held up by a Duration beyond all bounds', async () => {
    const { response } = await offered(await ask(), {
      OfferOption: [
        { OptionReference: 'A', Price: '1.00', ISP: [{ Power: -500_000, Start: 69, Duration: 2 ** 50 }] },
      ],
    });
    expect(response.RejectionReason).toBe('ISPs out of bounds');
  });

  it('gives an offer back until it is ordered', async () => {
    const request = await ask();
    const revoke = async (offer: Message<'FlexOffer'>) => {
      const revocation = await agr.send(dso.peer.domain, {
        type: 'FlexOfferRevocation',
        FlexOfferMessageID: offer.MessageID,
      });
      return agr.expect(
        'FlexOfferRevocationResponse',
        ({ FlexOfferRevocationMessageID: id }) => id === revocation.MessageID,
      );
    };
    const { offer: free } = await offered(request);
    expect(await revoke(free)).toMatchObject({ Result: 'Accepted' });
    const { offer: taken } = await offered(request);
    await ordered({ offer: taken.MessageID });
    expect(await revoke(taken)).toMatchObject({
      Result: 'Rejected',
      RejectionReason: 'Flexibility procured',
    });
  });

  it('knows only the offers it received', async () => {
    await expect(dso.order({ offer: '11111111-1111-4111-8111-111111111111' })).rejects.toMatchObject({
      code: 'simulator.offer-unknown',
    });
    const { offer } = await offered(await ask());
    await expect(dso.order({ offer: offer.MessageID, option: 'Z' })).rejects.toMatchObject({
      code: 'simulator.option-unknown',
    });
  });
});
