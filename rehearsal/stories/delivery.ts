import { type ActionBody, meterDay } from '../../simulator/index.ts';
import { addDays, periodStart } from '../../uftp/index.ts';
import { until } from '../rehearsal.ts';
import {
  answerTo,
  check,
  DSO_DOMAIN,
  expectResult,
  market,
  offered,
  setUp,
  storyOf,
  syncPortfolio,
} from '../steps.ts';
import type { Story } from './story.ts';

const CHARGING_HUB = 'ean.871685900012636550';

export const outage: Story = {
  name: 'outage',
  title: 'an asset fails: an open offer is revoked, and an order that will fall short is raised loudly',
  async play(on, tell) {
    const { period } = await setUp(on, tell);
    const first = await offered(on, tell);
    const order = await on.dso.order({ offer: first.offer.MessageID });
    expectResult(await answerTo(on, order), 'Accepted');
    tell(`${DSO_DOMAIN} orders it; Flexor accepts.`);
    const others = {
      isps: [{ disposition: 'Requested', minPower: -200_000, maxPower: -100_000, start: 69, duration: 8 }],
    };
    const second = await offered(on, tell, others);
    tell('That was a second request, for 100 kW: what is left is offered as well.');
    await on.operator.put('/v1/outages/transformer', {
      connection: CHARGING_HUB,
      from: periodStart(period, market.timeZone),
      to: periodStart(addDays(period, 1), market.timeZone),
      remainingReduceW: 0,
      remainingIncreaseW: 0,
      reason: 'the transformer is broken',
    });
    tell('The transformer of the charging hub is broken, all day tomorrow.');
    await on.dso.wait('FlexOfferRevocation', { conversation: second.request.ConversationID });
    await second.talk.offerIs('Revoked');
    tell('Flexor revokes the second offer, which can no longer be delivered: FlexOfferRevocation, accepted.');
    const alert = await first.talk.alert('shortfall');
    tell(`What is ordered cannot be taken back. Flexor raises the alarm: "${alert.text}"`);
    return first.talk.ended('Ordered');
  },
};

export const disputed: Story = {
  name: 'disputed',
  title: 'the DSO charges a penalty that nobody owes: disputed with the reason, and in the monthly statement',
  async play(on, tell) {
    const { period, baseline, baselines } = await setUp(on, tell);
    const { offer, talk } = await offered(on, tell);
    const order = await on.dso.order({ offer: offer.MessageID });
    expectResult(await answerTo(on, order), 'Accepted');
    tell(`${DSO_DOMAIN} orders it; Flexor accepts.`);
    await on.moveTo(periodStart(addDays(period, 2), market.timeZone));
    await talk.state('the delivery to be over', ({ phase }) => phase === 'Delivered');
    const metered = meterDay({ period, market, baselines, ordered: order.ISP, seed: 7 });
    await on.operator.putMeterReadings(metered);
    tell('Two days later it is delivered and metered.');
    const { reference: _, power, ...day } = baseline;
    const readings = structuredClone(metered.readings) as ActionBody<'settle'>['readings'];
    const settlement = await on.dso.settle({
      ...day,
      baseline: [...power],
      readings,
      miscount: 'penalty-padded',
    });
    const [item] = settlement.FlexOrderSettlement;
    tell(`${DSO_DOMAIN} settles with a penalty of ${item!.Penalty} EUR: 5.00 too much.`);
    const { message } = await on.dso.wait('FlexSettlementResponse', { answers: settlement.MessageID });
    const [status] = message.FlexOrderSettlementStatus;
    check(status?.Disposition === 'Disputed', 'the order is disputed');
    tell(`Flexor recomputed it and disputes: "${status!.DisputeReason}"`);
    const report = await talk.ended('Disputed');
    const month = period.slice(0, 7);
    const statement = await on.operator.get<{
      totals: { disputed: { orders: number; netSettlement: string } };
    }>(`/v1/statements/${DSO_DOMAIN}/${month}`);
    const { disputed } = statement.totals;
    tell(
      `The statement of ${month} says so: ${disputed.orders} order disputed, over ${disputed.netSettlement} EUR.`,
    );
    return report;
  },
};

export const metering: Story = {
  name: 'metering',
  title: 'the DSO wants to be told of the readings: Metering messages, and a correction as a revision',
  configure: (usual) => ({
    ...usual,
    participants: usual.participants.map((each) =>
      each.role === 'DSO' ? { ...each, metering: { required: true, profiles: ['Power'] } } : each,
    ),
  }),
  async play(on, tell) {
    const { period, baselines } = await setUp(on, tell);
    await on.moveTo(periodStart(addDays(period, 1), market.timeZone));
    const metered = meterDay({ period, market, baselines, ordered: [], seed: 7 });
    await on.operator.putMeterReadings(metered);
    tell(
      `${period} is over, and the meter company hands in the readings of ${metered.readings.length} connections.`,
    );
    const told = () =>
      on.dso
        .messages()
        .then((all) => all.flatMap(({ message }) => (message.type === 'Metering' ? [message] : [])));
    const first = await until(async () => {
      const messages = await told();
      return messages.length >= metered.readings.length ? messages : undefined;
    }, 'a Metering message for each connection');
    for (const { EAN, Profile, Revision } of first) {
      tell(
        `Flexor tells ${DSO_DOMAIN} of ${EAN}: ${Profile.map(({ ProfileType }) => ProfileType).join(' and ')}, Revision ${Revision}.`,
      );
    }
    const [reading] = metered.readings;
    const [isp] = reading!.isps;
    await on.operator.putMeterReadings({
      ...metered,
      readings: [{ ...reading!, isps: [{ ...isp!, power: isp!.power + 1000 }] }],
    });
    tell(`The meter company corrects ISP ${isp!.start} of ${reading!.connection} by 1 kW.`);
    const corrected = await until(
      async () => (await told()).find(({ Revision }) => Revision > 1),
      'the corrected Metering message',
    );
    tell(`Flexor tells it anew: ${corrected.EAN}, Revision ${corrected.Revision}.`);
    return undefined;
  },
};

export const prognosis: Story = {
  name: 'prognosis',
  title: 'D-Prognoses are the baseline: sent for the day, named by the offer, updated after the order',
  configure: (usual) => ({
    ...usual,
    participants: usual.participants.map((each) =>
      each.role === 'DSO' ? { ...each, baseline: { kind: 'd-prognosis' } } : each,
    ),
  }),
  async play(on, tell) {
    const { period, baseline, request } = storyOf(on);
    const { congestionPoint } = request;
    await syncPortfolio(on, period, tell);
    await on.operator.putForecast({ congestionPoint, period, power: baseline.power });
    tell('The forecasting system hands in what the congestion point will take.');
    const { message: first } = await on.dso.wait('D-Prognosis', { timeoutMs: 60_000 });
    tell(`Flexor sends the D-Prognosis of ${period} for ${congestionPoint}: Revision ${first.Revision}.`);
    const { offer, talk } = await offered(on, tell);
    check(
      offer.DPrognosisMessageID?.toLowerCase() === first.MessageID.toLowerCase(),
      'the offer names the D-Prognosis',
    );
    tell('The offer names that D-Prognosis as its baseline.');
    const order = await on.dso.order({ offer: offer.MessageID });
    expectResult(await answerTo(on, order), 'Accepted');
    tell(`${DSO_DOMAIN} orders it; Flexor accepts.`);
    const updated = await until(
      async () =>
        (await on.dso.messages()).flatMap(({ message }) =>
          message.type === 'D-Prognosis' && message.Revision > first.Revision ? [message] : [],
        )[0],
      'a new revision',
    );
    tell(`Flexor owes a D-Prognosis that holds the order, and sends Revision ${updated.Revision}.`);
    await talk.state('the DSO to find the order in it', ({ orders }) => orders[0]?.inPrognosis === true);
    tell(`${DSO_DOMAIN} confirms it: FlexOrderStatus IsValidated.`);
    return talk.ended('Ordered');
  },
};

export const portfolio: Story = {
  name: 'portfolio',
  title: 'a connection joins: compared before it is applied, then told to the CRO, who has no place for it',
  async play(on, tell) {
    await setUp(on, tell);
    const csv = 'connection,from\nean.871685900012636567,2026-01-01\n';
    const compared = await on.operator.importPortfolio(csv);
    tell(
      `An operator hands in a list: ${compared.added} connection joins, ${compared.leaving} leave. Nothing has changed yet.`,
    );
    const applied = await on.operator.importPortfolio(csv, compared.tag);
    check(applied.applied, 'the list is applied');
    tell('The operator applies exactly that.');
    const updates = () =>
      on.cro
        .messages()
        .then((all) =>
          all.flatMap(({ message }) => (message.type === 'AGRPortfolioUpdate' ? [message] : [])),
        );
    const update = await until(async () => {
      const found = await updates();
      return found.find(({ Connection }) =>
        Connection.some(({ EntityAddress }) => EntityAddress.endsWith('6567')),
      );
    }, 'an AGRPortfolioUpdate with the new connection');
    tell(`Flexor sends the complete list to the CRO: ${update.Connection.length} connections.`);
    const status = await until(async () => {
      const { alerts } = await on.operator.get<{ alerts: { key: string; text: string }[] }>('/v1/alerts');
      return alerts.find(({ key }) => key.startsWith('unallocated'));
    }, 'the CRO to say where it is');
    tell(`The CRO knows no congestion point for it: "${status.text}"`);
    return undefined;
  },
};
