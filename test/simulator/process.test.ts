import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  ControlClient,
  createMarketClock,
  type MarketClock,
  meterDay,
  type Peer,
  scenario,
} from '../../simulator/index.ts';
import { generateKeyPair } from '../../uftp/index.ts';
import { startPeer } from './support.ts';

const MAIN = path.resolve('simulator/main.ts');
const { market, congestionPoint } = scenario;

describe('a simulator as a process', () => {
  const keys = generateKeyPair();
  const children: ChildProcess[] = [];
  let directory: string;
  let clock: MarketClock;
  let agr: Peer;

  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'simulator-'));
    await writeFile(path.join(directory, 'signing.key'), keys.secretKey.reveal());
    clock = createMarketClock(path.join(directory, 'clock.json'), '2026-06-15T08:00:00Z');
  });
  afterAll(() => rm(directory, { recursive: true }));
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  /** Starts the process, and makes its counterparty known to it and it to the counterparty. */
  async function start(role: 'DSO' | 'CRO') {
    agr = await startPeer('AGR', { clock });
    const config = scenario.simulatorConfig(role, {
      signingKey: { file: 'signing.key' },
      clockFile: 'clock.json',
      aggregator: { endpoint: agr.url, publicKeys: [agr.publicKey.toCs1()] },
    });
    const file = path.join(directory, `${role}.json`);
    await writeFile(file, JSON.stringify(config));
    const child = spawn(process.execPath, ['--import', 'tsx', MAIN, file], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    children.push(child);
    const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
    const ready = JSON.parse(line) as { ready: boolean; uftp: string; control: string };
    agr.meet({ domain: config.domain, role, endpoint: { url: ready.uftp }, publicKeys: [keys.publicKey] });
    return { child, ready, domain: config.domain, control: new ControlClient(ready.control) };
  }

  it('says when it is ready, and ends when its input is closed', async () => {
    const { child, ready } = await start('CRO');
    expect(ready).toMatchObject({ ready: true, role: 'CRO', domain: scenario.CRO_DOMAIN });
    expect(new URL(ready.uftp).hostname).toBe('127.0.0.1');
    const ended = once(child, 'exit');
    child.stdin!.end();
    expect(await ended).toEqual([0, null]);
  });

  it('lets the whole story be told through its control door, on the shared clock', async () => {
    const { control, domain } = await start('DSO');
    const story = scenario.standardStory(clock.now().toISOString());
    const request = await control.requestFlex(story.request);
    expect(request.TimeStamp.slice(0, 10)).toBe('2026-06-15');
    expect(await agr.expect('FlexRequest')).toMatchObject({ MessageID: request.MessageID, Revision: 1 });

    const offer = await agr.send<'FlexOffer'>(domain, {
      type: 'FlexOffer',
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
        { OptionReference: 'A', Price: '9.00', ISP: [{ Power: -400000, Start: 69, Duration: 8 }] },
      ],
    });
    await agr.expect('FlexOfferResponse', ({ Result }) => Result === 'Accepted');
    const seen = await control.wait('FlexOffer', { conversation: request.ConversationID });
    expect(seen.message.MessageID).toBe(offer.MessageID);

    const order = await control.order({ offer: offer.MessageID });
    await agr.answer(await agr.expect('FlexOrder'));
    await control.wait('FlexOrderResponse', { answers: order.MessageID });
    await control.updateReservation(story.reservationUpdate);
    await agr.expect('FlexReservationUpdate');

    clock.moveTo('2026-06-18T08:00:00Z');
    const metered = meterDay({
      period: story.period,
      market,
      baselines: story.baselines,
      ordered: order.ISP,
      seed: 1,
    });
    const settlement = await control.settle({
      congestionPoint: congestionPoint.entityAddress,
      period: story.period,
      baseline: [...story.baseline.power],
      readings: metered.readings.map(({ connection, isps }) => ({ connection, isps: [...isps] })),
    });
    expect(settlement.TimeStamp.slice(0, 10)).toBe('2026-06-18');
    expect(await agr.expect('FlexSettlement')).toMatchObject({
      MessageID: settlement.MessageID,
      FlexOrderSettlement: [{ OrderReference: order.OrderReference }],
    });

    const messages = await control.messages();
    expect(messages.map(({ direction, message }) => `${direction} ${message.type}`)).toEqual([
      'sent FlexRequest',
      'received FlexOffer',
      'sent FlexOfferResponse',
      'sent FlexOrder',
      'received FlexOrderResponse',
      'sent FlexReservationUpdate',
      'sent FlexSettlement',
    ]);
    expect(await control.messages(6)).toHaveLength(1);
    expect((await control.posts()).map(({ status }) => status)).toEqual([200, 200]);
  });

  it('goes wrong on demand, and says what it was asked wrongly', async () => {
    const { control, domain } = await start('DSO');
    await control.faults({ refuse: { status: 503, times: 1 } });
    await agr.send(domain, { type: 'TestMessage' });
    expect((await control.posts()).map(({ status }) => status)).toEqual([503, 200]);
    await control.testMessage({ version: '3.0.0' });
    expect(await agr.expect('TestMessage')).toMatchObject({ Version: '3.0.0' });
    await control.wait('TestMessageResponse');

    const wrong = [
      [() => control.order({ offer: '11111111-1111-4111-8111-111111111111' }), 'simulator.offer-unknown'],
      [() => control.order({ offer: 'this one' }), 'simulator.request-invalid'],
      [() => control.wait('FlexOffer', { timeoutMs: 1 }), 'simulator.wait-timeout'],
      [() => control.faults({ refuse: { status: 99 } }), 'simulator.request-invalid'],
    ] as const;
    for (const [ask, code] of wrong) {
      await expect(ask()).rejects.toMatchObject({ code: 'simulator.control-failed', details: { code } });
    }
  });

  it('tells a CRO nothing that only a DSO does', async () => {
    const { control } = await start('CRO');
    await expect(
      control.requestFlex(scenario.standardStory(clock.now().toISOString()).request),
    ).rejects.toMatchObject({ details: { code: 'simulator.wrong-role' } });
  });
});
