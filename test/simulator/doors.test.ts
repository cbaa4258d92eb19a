import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  meterDay,
  type OperatorDoor,
  putBaseline,
  putMeterReadings,
  scenario,
} from '../../simulator/index.ts';

const story = scenario.standardStory('2026-06-15T08:00:00Z');

describe("the aggregator's doors, as seen from outside", () => {
  let server: Server;
  let door: OperatorDoor;
  let status = 204;
  const taken: { method?: string; url?: string; authorization?: string; type?: string; body: unknown }[] = [];

  beforeEach(async () => {
    status = 204;
    taken.length = 0;
    server = createServer((request, response) => {
      void text(request).then((body) => {
        const { method, url, headers } = request;
        taken.push({
          method: method!,
          url: url!,
          authorization: headers.authorization!,
          type: headers['content-type']!,
          body: JSON.parse(body),
        });
        response.writeHead(status).end(status === 204 ? undefined : 'readings[0]: no such connection');
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    door = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: 'a-token' };
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it('take a baseline and meter readings with the token', async () => {
    const readings = meterDay({
      period: story.period,
      market: scenario.market,
      baselines: story.baselines,
      ordered: [],
      seed: 1,
    });
    await putBaseline(door, story.baseline);
    await putMeterReadings(door, readings);
    const common = { method: 'PUT', authorization: 'Bearer a-token', type: 'application/json' };
    expect(taken).toEqual([
      { ...common, url: '/v1/baselines', body: story.baseline },
      { ...common, url: '/v1/meter-readings', body: readings },
    ]);
  });

  it('say why they refuse, and the token is not repeated', async () => {
    status = 422;
    const refused = putBaseline(door, story.baseline);
    await expect(refused).rejects.toMatchObject({
      code: 'simulator.operator-refused',
      details: { status: 422 },
    });
    const sentence = await refused.catch((error: Error) => error.message);
    expect(sentence).toContain('no such connection');
    expect(sentence).not.toContain('a-token');
  });
});
