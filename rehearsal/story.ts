import { type ActionBody, meterDay } from '../simulator/index.ts';
import { addDays, type Message, periodStart } from '../uftp/index.ts';
import { workflowIds } from '../workflows/ids.ts';
import type { ConversationReport } from './operator-client.ts';
import { type Rehearsal, until } from './rehearsal.ts';
import {
  accepted,
  DSO_DOMAIN,
  expectResult,
  failed,
  kilowatts,
  market,
  storyOf,
  syncPortfolio,
  type Tell,
} from './steps.ts';

/** The same seed makes the same meters, so every telling of the story ends with the same money. */
const SEED = 7;

/**
 * The standard story, from portfolio to money. Every step is checked before it is told: what did not happen
 * ends the story.
 */
export async function playStandardStory(on: Rehearsal, tell: Tell): Promise<ConversationReport> {
  const { dso, operator } = on;
  const story = storyOf(on);
  await syncPortfolio(on, story.period, tell);

  await operator.putBaseline(story.baseline);
  tell(`The forecasting system hands in the baseline ${story.baseline.reference} for ${story.period}.`);

  const request = await dso.requestFlex(story.request);
  const workflowId = workflowIds.flexRequest(DSO_DOMAIN, request.MessageID);
  tell(
    `${DSO_DOMAIN} sends a FlexRequest for ${story.period}, ${story.ispCount} ISPs: 400 to 600 kW less in the evening peak.`,
  );
  accepted(await dso.wait('FlexRequestResponse', { answers: request.MessageID }));
  tell('Flexor checks it and answers: FlexRequestResponse Accepted.');

  const { message: offer } = await dso.wait('FlexOffer', { conversation: request.ConversationID });
  const [option] = offer.OfferOption;
  tell(
    `Flexor offers ${kilowatts(option!.ISP[0]!.Power)} for ${option!.Price} ${offer.Currency}, from its cheapest assets up.`,
  );
  await until(
    async () => (await stateOf(on, workflowId))?.offers.some(({ status }) => status === 'Open') || undefined,
    'the FlexOfferResponse to arrive',
  );
  tell(`${DSO_DOMAIN} stores the offer: FlexOfferResponse Accepted.`);

  const order = await dso.order({ offer: offer.MessageID });
  tell(`${DSO_DOMAIN} orders it: FlexOrder ${order.OrderReference}.`);
  accepted(await dso.wait('FlexOrderResponse', { answers: order.MessageID }));
  tell('Flexor compares order and offer, books it, and answers: FlexOrderResponse Accepted.');

  const update = await dso.updateReservation(story.reservationUpdate);
  accepted(await dso.wait('FlexReservationUpdateResponse', { answers: update.MessageID }));
  tell(
    `${DSO_DOMAIN} lowers its reservation under contract ${update.ContractID}; Flexor accepts: FlexReservationUpdateResponse.`,
  );

  const metered = meterDay({
    period: story.period,
    market,
    baselines: story.baselines,
    ordered: order.ISP,
    seed: SEED,
  });
  const settlement = {
    ...story.baseline,
    readings: structuredClone(metered.readings) as ActionBody<'settle'>['readings'],
  };
  const { reference: _, power, ...day } = settlement;
  const tooEarly = await dso.settle({ ...day, baseline: [...power] });
  const refused = await dso.wait('FlexSettlementResponse', { answers: tooEarly.MessageID });
  expectResult(refused.message, 'Rejected');
  tell(`A FlexSettlement for a day still to come is rejected: ${refused.message.RejectionReason}.`);

  await on.moveTo(periodStart(addDays(story.period, 2), market.timeZone));
  await until(
    async () => (await stateOf(on, workflowId))?.phase === 'Delivered' || undefined,
    'the delivery to be over',
  );
  tell(`Two days pass. ${story.period} is over, and what was ordered was delivered, all but a little.`);

  await operator.putMeterReadings(metered);
  tell(`The meter company hands in the readings of ${metered.readings.length} connections.`);
  const settled = await dso.settle({ ...day, baseline: [...power] });
  tell(`${DSO_DOMAIN} settles: FlexSettlement over ${net(settled)} ${settled.Currency}.`);
  const { message: verdict } = await dso.wait('FlexSettlementResponse', { answers: settled.MessageID });
  expectResult(verdict, 'Accepted');
  const status = verdict.FlexOrderSettlementStatus[0]!;
  if (status.Disposition !== 'Accepted') throw failed(`the settlement was disputed: ${status.DisputeReason}`);
  tell('Flexor recomputes every ISP from its own meters and agrees: FlexSettlementResponse Accepted.');

  return until(async () => {
    const report = await operator.conversation(workflowId);
    return report?.conversation.state === 'Settled' ? report : undefined;
  }, 'the conversation to be settled');
}

const net = (settlement: Message<'FlexSettlement'>): string =>
  settlement.FlexOrderSettlement.map(({ NetSettlement }) => NetSettlement).join(' + ');

async function stateOf({ operator }: Rehearsal, workflowId: string) {
  return (await operator.conversation(workflowId))?.conversation.snapshot;
}
