import { beforeEach, describe, expect, it } from 'vitest';
import { type Content, CRO, type Peer, scenario } from '../../simulator/index.ts';
import { type Version, VERSIONS } from '../../uftp/index.ts';
import { introduce, startPeer } from './support.ts';

const { congestionPoint, market } = scenario;

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

  it('loses a connection until it is registered again', async () => {
    await register(
      { EntityAddress: one, StartPeriod: '2026-01-01' },
      { EntityAddress: other, StartPeriod: '2026-01-01' },
    );
    const seen = async () =>
      (await query('2026-06-01')).DSOView[0]?.DSOPortfolio[0]?.CongestionPoint[0]?.Connection.map(
        ({ EntityAddress }) => EntityAddress,
      );
    cro.lose(one);
    expect(await seen()).toEqual([other]);
    await agr.send(cro.peer.domain, {
      type: 'AGRPortfolioUpdate',
      TimeZone: market.timeZone,
      Connection: [{ EntityAddress: one, StartPeriod: '2026-01-01' }],
    });
    await cro.peer.expect('AGRPortfolioUpdate', ({ Connection }) => Connection.length === 1);
    expect(await seen()).toEqual([one, other]);
  });

  it('shows what DSOs declare by then: other flags, and points that are gone', async () => {
    await register({ EntityAddress: one, StartPeriod: '2026-01-01' });
    cro.place([{ ...congestionPoint, mutexOffersSupported: false, intradayRedispatchBy: undefined }]);
    const [point] = (await query('2026-06-01')).DSOView[0]!.DSOPortfolio[0]!.CongestionPoint;
    expect(point).toMatchObject({ MutexOffersSupported: false });
    expect(point).not.toHaveProperty('IntradayRedispatchBy');
    cro.place([]);
    expect((await query('2026-06-01')).DSOView).toEqual([
      { DSOPortfolio: [], Connection: [{ EntityAddress: one }] },
    ]);
  });

  it.each(['No connections available', 'Unauthorized'])(
    'refuses with %s where that is planned',
    async (reason) => {
      await register({ EntityAddress: one, StartPeriod: '2026-01-01' });
      cro.peer.faults.set({ reject: { reason, times: 1 } });
      expect(await query('2026-06-01')).toMatchObject({ Result: 'Rejected', RejectionReason: reason });
      expect(await query('2026-06-02')).toMatchObject({ Result: 'Accepted' });
    },
  );
});
