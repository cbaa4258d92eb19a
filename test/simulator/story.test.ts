import { beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { CRO, DSO, meterDay, type Peer, scenario } from '../../simulator/index.ts';
import { requestFlex, updateReservation } from '../../simulator/control-api.ts';
import type { Content } from '../../simulator/index.ts';
import { VERSIONS, type Version } from '../../uftp/definition/version.ts';
import type { Message } from '../../uftp/messages/index.ts';
import { introduce, startPeer } from './support.ts';

const story = scenario.standardStory(systemClock.now().toISOString());
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
        ISP: [{ Power: -5000, Start: 69, Duration: 8 }],
      },
    ],
    ...changes,
  };
}

describe('a DSO', () => {
  let agr: Peer;
  let dso: DSO;
  beforeEach(async () => {
    agr = await startPeer('AGR');
    dso = new DSO(await startPeer('DSO'), {
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
        ISP: [{ Power: -5000, Start: 69, Duration: 8 }],
      });

      await dso.updateReservation(updateReservation.parse({ ...story.reservationUpdate, version }));
      const update = await agr.expect('FlexReservationUpdate');
      expect(update).toMatchObject({ Version: version, ContractID: 'C-1' });

      await dso.settle(delivery(-5000));
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
      expect(short[0]!.DeliveredFlexPower).toBe(-5000 + short[0]!.PowerDeficiency);
      // A quarter of an hour at 250 EUR/MWh; money here in plain arithmetic, on amounts of a few cents.
      const penalty = Math.round((short[0]!.PowerDeficiency / 4 / 1e6) * 250 * 100) / 100;
      expect(penalty).toBeGreaterThan(0);
      expect(Number(item!.Penalty)).toBe(penalty);
      expect(Number(item!.NetSettlement)).toBeCloseTo(12.5 - penalty, 4);
      expect(settlement.ContractSettlement[0]!.Period[0]!.ISP[7]).toMatchObject({
        Start: 76,
        ReservedPower: -3000,
        RequestedPower: -3000,
        OfferedPower: -5000,
        OrderedPower: -5000,
      });
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
      ISP: [{ Power: -2500 }],
    });
  });

  it('settles wrongly when told to: an order left out, a penalty too high', async () => {
    const request = await ask();
    const first = await ordered({ offer: (await offered(request)).offer.MessageID, orderReference: 'O-1' });
    await ordered({ offer: (await offered(request)).offer.MessageID, orderReference: 'O-2' });
    const full = await dso.settle(delivery(-10_000));
    expect(full.FlexOrderSettlement.map(({ OrderReference }) => OrderReference)).toEqual(['O-1', 'O-2']);
    const partial = await dso.settle({ ...delivery(-5000), orders: ['O-1'], overcharge: '5.00' });
    const honest = await dso.settle({ ...delivery(-5000), orders: ['O-1'] });
    const [contested, fair] = [partial, honest].map(({ FlexOrderSettlement: [item] }) => item!);
    expect(partial.FlexOrderSettlement).toHaveLength(1);
    expect(Number(contested!.Penalty) - Number(fair!.Penalty)).toBeCloseTo(5, 4);
    expect(Number(contested!.NetSettlement) - Number(fair!.NetSettlement)).toBeCloseTo(-5, 4);
    expect(first.OrderReference).toBe('O-1');
  });

  it('settles no order that was not accepted', async () => {
    const { offer } = await offered(await ask());
    const order = await dso.order({ offer: offer.MessageID, orderReference: 'O-1' });
    await agr.answer(await agr.expect('FlexOrder', ({ MessageID }) => MessageID === order.MessageID), ['No']);
    await dso.peer.expect('FlexOrderResponse');
    await expect(dso.settle({ ...delivery(-5000), orders: ['O-1'] })).rejects.toMatchObject({
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
              { Power: -5000, Start: 69, Duration: 2 },
              { Power: -5000, Start: 70 },
            ],
          },
        ],
      },
    ],
    ['No baseline', { BaselineReference: undefined }],
    ['ExpirationDateTime out of bounds', { ExpirationDateTime: '2020-01-01T00:00:00Z' }],
    ['Time zone rejected', { TimeZone: 'Europe/Moscow' }],
    ['ISP duration rejected', { ISPDuration: 'PT30M' }],
  ])('rejects an offer: %s', async (reason, changes) => {
    const { response } = await offered(await ask(), changes);
    expect(response).toMatchObject({ Result: 'Rejected', RejectionReason: reason });
  });

  it('names everything that is wrong with an offer, at no cost of a Duration beyond all bounds', async () => {
    const { response } = await offered(await ask(), {
      CongestionPoint: 'ean.999999999999999999',
      OfferOption: [
        { OptionReference: 'A', Price: '1.00', ISP: [{ Power: -5000, Start: 69, Duration: 2 ** 50 }] },
      ],
    });
    expect(response.RejectionReason!.split(';')).toEqual(
      expect.arrayContaining(['Invalid congestion point', 'ISPs out of bounds']),
    );
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

describe('a CRO', () => {
  let agr: Peer;
  let cro: CRO;
  beforeEach(async () => {
    agr = await startPeer('AGR');
    cro = new CRO(await startPeer('CRO'), [congestionPoint]);
    introduce(agr, cro.peer);
  });

  async function register(...Connection: Content<'AGRPortfolioUpdate'>['Connection'][number][]) {
    await agr.send(cro.peer.domain, { type: 'AGRPortfolioUpdate', TimeZone: market.timeZone, Connection });
    return agr.expect('AGRPortfolioUpdateResponse');
  }

  async function query(Period: string, Version: Version = '3.1.0') {
    const sent = await agr.send(cro.peer.domain, {
      type: 'AGRPortfolioQuery',
      Version,
      TimeZone: market.timeZone,
      Period,
    });
    return agr.expect(
      'AGRPortfolioQueryResponse',
      ({ AGRPortfolioQueryMessageID: id }) => id === sent.MessageID,
    );
  }

  const [one, other] = congestionPoint.connections as [string, string];
  const elsewhere = 'ean.871685900099999999';

  it.each(VERSIONS)(
    'says where registered connections lie, and which lie nowhere, in %s',
    async (version) => {
      expect(
        await register(
          { EntityAddress: one, StartPeriod: '2026-01-01' },
          { EntityAddress: elsewhere, StartPeriod: '2026-01-01' },
        ),
      ).toMatchObject({ Result: 'Accepted' });
      const answer = await query('2026-06-01', version);
      expect(answer).toMatchObject({ Result: 'Accepted', Version: version, Period: '2026-06-01' });
      expect(answer.DSOView).toEqual([
        {
          DSOPortfolio: [
            {
              DSODomain: scenario.DSO_DOMAIN,
              CongestionPoint: [
                {
                  EntityAddress: congestionPoint.entityAddress,
                  MutexOffersSupported: true,
                  DayAheadRedispatchBy: 'DSO',
                  IntradayRedispatchBy: 'DSO',
                  Connection: [{ EntityAddress: one }],
                },
              ],
            },
          ],
          Connection: [{ EntityAddress: elsewhere }],
        },
      ]);
    },
  );

  it('answers for the day asked about, first and last day inclusive', async () => {
    await register(
      { EntityAddress: one, StartPeriod: '2026-01-10', EndPeriod: '2026-01-20' },
      { EntityAddress: other, StartPeriod: '2026-01-20' },
    );
    const connections = async (period: string) =>
      (await query(period)).DSOView[0]?.DSOPortfolio[0]?.CongestionPoint[0]?.Connection.length ?? 0;
    expect(await connections('2026-01-10')).toBe(1);
    expect(await connections('2026-01-20')).toBe(2);
    expect(await connections('2026-01-21')).toBe(1);
  });

  it('takes a later update of one connection for that connection alone', async () => {
    await register(
      { EntityAddress: one, StartPeriod: '2026-01-01' },
      { EntityAddress: other, StartPeriod: '2026-01-01' },
    );
    await register({ EntityAddress: one, StartPeriod: '2026-01-01', EndPeriod: '2026-03-31' });
    await cro.peer.expect('AGRPortfolioUpdate', ({ Connection }) => Connection.length === 1);
    expect(cro.connectionsOf(agr.domain, '2026-06-01')).toEqual([other]);
  });

  it('has nothing to say without connections, which the schema cannot express', async () => {
    expect(await query('2026-06-01')).toMatchObject({
      Result: 'Rejected',
      RejectionReason: 'No connections available',
      DSOView: [],
    });
  });

  it('lists connections alone where no congestion point is concerned', async () => {
    await register({ EntityAddress: elsewhere, StartPeriod: '2026-01-01' });
    expect((await query('2026-06-01')).DSOView).toEqual([
      { DSOPortfolio: [], Connection: [{ EntityAddress: elsewhere }] },
    ]);
  });
});
