import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ControlClient, CRO, type Peer, scenario } from '../../simulator/index.ts';
import { createControlDoor } from '../../simulator/control-door.ts';
import { introduce, startPeer } from './support.ts';

const { congestionPoint, market } = scenario;
const [one, other] = congestionPoint.connections as [string, string];

let agr: Peer;
let cro: CRO;
let door: FastifyInstance;
let told: ControlClient;
beforeEach(async () => {
  agr = await startPeer('AGR');
  cro = new CRO(await startPeer('CRO'), [congestionPoint]);
  introduce(agr, cro.peer);
  door = createControlDoor(cro);
  told = new ControlClient(await door.listen({ host: '127.0.0.1', port: 0 }));
  await agr.send(cro.peer.domain, {
    type: 'AGRPortfolioUpdate',
    TimeZone: market.timeZone,
    Connection: [one, other].map((EntityAddress) => ({ EntityAddress, StartPeriod: '2026-01-01' })),
  });
  await agr.expect('AGRPortfolioUpdateResponse');
});
afterEach(() => door.close());

async function view() {
  const { MessageID } = await agr.send(cro.peer.domain, {
    type: 'AGRPortfolioQuery',
    TimeZone: market.timeZone,
    Period: '2026-06-01',
  });
  const { DSOView } = await agr.expect(
    'AGRPortfolioQueryResponse',
    ({ AGRPortfolioQueryMessageID: id }) => id === MessageID,
  );
  return DSOView[0]!;
}

it('lets a registry lose connections, until they are registered again', async () => {
  expect(await told.lose(other)).toEqual({ connections: 1 });
  expect((await view()).DSOPortfolio[0]!.CongestionPoint[0]!.Connection).toEqual([{ EntityAddress: one }]);
});

it('places connections on other congestion points', async () => {
  const entityAddress = 'ea1.2009-01.com.example:elsewhere';
  await told.place([{ ...congestionPoint, entityAddress, connections: [one] }]);
  const { DSOPortfolio, Connection } = await view();
  expect(DSOPortfolio[0]!.CongestionPoint.map(({ EntityAddress }) => EntityAddress)).toEqual([entityAddress]);
  expect(Connection).toEqual([{ EntityAddress: other }]);
});

it('names what it does not understand', async () => {
  await expect(told.lose()).rejects.toMatchObject({ details: { code: 'simulator.request-invalid' } });
});
