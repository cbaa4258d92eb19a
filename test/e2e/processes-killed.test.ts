import { expect, test } from 'vitest';
import { until } from '../../rehearsal/rehearsal.ts';
import {
  answerTo,
  CRO_DOMAIN,
  expectResult,
  market,
  offered,
  storyOf,
  syncPortfolio,
} from '../../rehearsal/steps.ts';
import { type ActionBody, type ControlClient, meterDay } from '../../simulator/index.ts';
import { addDays, decode, type Message, periodStart, readSignedMessage } from '../../uftp/index.ts';
import { testRehearsal } from '../support/rehearsal.ts';

const flexor = testRehearsal({
  configure: (usual) => ({
    ...usual,
    participants: usual.participants.map((each) =>
      each.role === 'DSO'
        ? { ...each, baseline: { kind: 'd-prognosis' }, metering: { required: true, profiles: ['Power'] } }
        : each,
    ),
  }),
});
const quietly = () => {};
/** An activity that died with its worker is tried again only when its time is over. */
const PATIENCE = 150_000;
const REFUSING = { refuse: { status: 503 } };

test('killed in the middle of every process, a worker’s successor sends what was fixed, and nothing else', async () => {
  const { on, roles } = flexor;
  const { dso, cro, operator } = on;
  const { period, baseline, baselines, request } = storyOf(on);
  const { congestionPoint } = request;
  const { power } = baseline;

  // A day that was planned, ordered and delivered, to be metered and settled; the next one to be planned.
  await syncPortfolio(on, period, quietly);
  await operator.putForecast({ congestionPoint, period, power });
  await dso.wait('D-Prognosis');
  const { offer, talk } = await offered(on, quietly);
  const order = await dso.order({ offer: offer.MessageID });
  expectResult(await answerTo(on, order), 'Accepted');
  await talk.state('the order in the D-Prognosis', ({ orders }) => orders[0]?.inPrognosis === true);
  await on.moveTo(periodStart(addDays(period, 1), market.timeZone));
  await talk.state('the delivery to be over', ({ phase }) => phase === 'Delivered');
  const tomorrow = storyOf(on).period;
  await operator.syncPortfolio(CRO_DOMAIN);
  await until(() => operator.portfolioView(CRO_DOMAIN, tomorrow), 'the view of the next day');

  // Nobody takes anything, and every process has something to say.
  const [ofDso, ofCro] = await Promise.all([watched(dso), watched(cro)]);
  await Promise.all([dso.faults(REFUSING), cro.faults(REFUSING)]);
  const metered = meterDay({ period, market, baselines, ordered: order.ISP, seed: 7 });
  await operator.putMeterReadings(metered);
  await operator.putForecast({ congestionPoint, period: tomorrow, power });
  const settlement = await dso.settle({
    ...{ congestionPoint, period, baseline: [...power] },
    readings: structuredClone(metered.readings) as ActionBody<'settle'>['readings'],
  });
  await operator.importPortfolio(NEWCOMER, (await operator.importPortfolio(NEWCOMER)).tag);
  await ofDso.refused('Metering', 'D-Prognosis', 'FlexSettlementResponse');
  await ofCro.refused('AGRPortfolioUpdate');

  await roles.kill('worker');
  await Promise.all([dso.faults({}), cro.faults({})]);
  await roles.restart('worker');

  const { message: answer } = await dso.wait('FlexSettlementResponse', {
    ...{ answers: settlement.MessageID, timeoutMs: PATIENCE },
  });
  expect(answer).toMatchObject({
    Result: 'Accepted',
    FlexOrderSettlementStatus: [{ Disposition: 'Accepted' }],
  });
  await talk.ended('Settled');
  await until(
    async () => (await operator.portfolioView(CRO_DOMAIN, tomorrow))?.connections.length || undefined,
    'the newcomer in the view of the CRO',
    PATIENCE,
  );
  const told = { Metering: metered.readings.length, 'D-Prognosis': 1, FlexSettlementResponse: 1 };
  await until(
    async () => (await ofDso.taken()).length >= metered.readings.length + 2 || undefined,
    'every message to be taken',
    PATIENCE,
  );
  // Once each, and where it was tried before the kill, with those very bytes.
  expect(countsOf(await ofDso.taken())).toEqual(told);
  expect(countsOf(await ofDso.posted())).toEqual(told);
  expect(countsOf(await ofCro.posted())).toEqual({ AGRPortfolioUpdate: 1, AGRPortfolioQuery: 1 });
});

const NEWCOMER = 'connection,from\nean.871685900012636567,2026-01-01\n';

/** What reaches a participant from now on. */
async function watched(participant: ControlClient) {
  const since = (await participant.posts()).length;
  const posts = () => participant.posts(since);
  const different = (wires: readonly string[]): Message[] => [...new Set(wires)].map(read);
  return {
    /** Resolves when posts of all these types were refused. */
    refused: (...types: string[]) =>
      until(
        async () => {
          const seen = new Set((await posts()).map(({ wire }) => read(wire).type as string));
          return types.every((type) => seen.has(type)) || undefined;
        },
        types.join(', '),
        60_000,
      ),
    /** Every different body that was posted, and of those, what was taken. */
    posted: async () => different((await posts()).map(({ wire }) => wire)),
    taken: async () =>
      different((await posts()).filter(({ refused }) => refused === undefined).map(({ wire }) => wire)),
  };
}

function read(wire: string): Message {
  const signed = Buffer.from(readSignedMessage(Buffer.from(wire)).Body, 'base64');
  return decode(signed.subarray(64));
}

function countsOf(messages: readonly Message[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type } of messages) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}
