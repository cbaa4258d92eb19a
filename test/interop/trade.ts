import assert from 'node:assert/strict';
import { instant } from '../../base/index.ts';
import { until } from '../../rehearsal/rehearsal.ts';
import { type MeterReadings, meterDay, scenario } from '../../simulator/index.ts';
import { addDays, periodStart } from '../../uftp/index.ts';
import { workflowIds } from '../../workflows/ids.ts';
import { type Cast, expectAnswer, now } from './cast.ts';
import { flexOrder, flexRequest, flexReservationUpdate, flexSettlement, type Trade } from './messages.ts';
import { syncPortfolio } from './portfolio.ts';
import type { Content } from './python-peer.ts';

const { DSO_DOMAIN, market } = scenario;

/** How one trade goes. */
interface Manner {
  /** Whether the DSO keeps the ConversationID; the library starts a new conversation where its user names none. */
  readonly keepsConversation: boolean;
  /** Added to the penalty. */
  readonly overcharge: string;
  /** What Flexor is to say of the settlement. */
  readonly disposition: 'Accepted' | 'Disputed';
}

/** One day's trade with the Python library as DSO, from FlexRequest to settlement. */
export async function trade(cast: Cast, manner: Manner): Promise<void> {
  const { stage, operator, dso, version, tell, moveTo } = cast;
  const story = scenario.standardStory(instant(stage.clock));
  await syncPortfolio(cast);
  await operator.putBaseline(story.baseline);

  const request = await dso.send('FlexRequest', { ...now(cast), ...flexRequest(story) });
  assert.equal(request.Version, version);
  const conversation = manner.keepsConversation ? { ConversationID: request.ConversationID } : {};
  /** What a message of this trade says beside its own content. */
  const envelope = (): Content => ({ ...now(cast), ...conversation });
  const workflowId = workflowIds.flexRequest(DSO_DOMAIN, request.MessageID);
  const report = async () => (await operator.conversation(workflowId))?.conversation;
  expectAnswer(await dso.wait('FlexRequestResponse', { answers: request.MessageID }), request, 'Accepted');
  tell(`The Python DSO sends a FlexRequest for ${story.period}; Flexor accepts it.`);

  const offer = await dso.wait('FlexOffer', {
    where: ({ FlexRequestMessageID }) => FlexRequestMessageID === request.MessageID,
  });
  assert.equal(offer.Version, version);
  assert.equal(offer.ConversationID, request.ConversationID);
  const { Price, ISP } = offer.OfferOption[0]!;
  tell(`The library takes Flexor's FlexOffer: ${ISP[0]!.Power} W for ${Price} ${offer.Currency}.`);

  await dso.send('FlexOfferResponse', { ...envelope(), FlexOfferMessageID: offer.MessageID });
  await until(
    async () => (await report())?.snapshot.offers.some(({ status }) => status === 'Open') || undefined,
    'the FlexOfferResponse to reach its conversation',
  );
  tell(
    `It answers FlexOfferResponse Accepted${manner.keepsConversation ? '' : ', in a conversation of its own'}.`,
  );

  const order = await dso.send('FlexOrder', { ...envelope(), ...flexOrder(offer) });
  expectAnswer(await dso.wait('FlexOrderResponse', { answers: order.MessageID }), order, 'Accepted');
  tell(`It orders, in its own four decimals, for ${order.Price} ${order.Currency}; Flexor accepts.`);

  const update = await dso.send('FlexReservationUpdate', {
    ...now(cast),
    ...flexReservationUpdate(story),
  });
  const updated = await dso.wait('FlexReservationUpdateResponse', { answers: update.MessageID });
  expectAnswer(updated, update, 'Accepted');
  tell('It lowers its reservation with a FlexReservationUpdate; Flexor accepts.');

  const { period, baselines } = story;
  const metered = meterDay({ period, market, baselines, ordered: order.ISP, seed: 7 });
  const traded = { story, request, offer, order, update };
  const early = await settle(cast, traded, metered, '0', envelope());
  expectAnswer(early.verdict, early.settlement, 'Rejected');
  tell(`Its FlexSettlement for a day still to come is rejected: ${early.verdict.RejectionReason}.`);

  await moveTo(periodStart(addDays(period, 2), market.timeZone));
  await until(
    async () => (await report())?.snapshot.phase === 'Delivered' || undefined,
    'the delivery to be over',
  );
  await operator.putMeterReadings(metered);
  tell('Two days pass: what was ordered was delivered, and the meters are read.');

  const { settlement, verdict } = await settle(cast, traded, metered, manner.overcharge, envelope());
  expectAnswer(verdict, settlement, 'Accepted');
  const [status] = verdict.FlexOrderSettlementStatus;
  assert.equal(status!.OrderReference, order.OrderReference);
  assert.equal(status!.Disposition, manner.disposition, status!.DisputeReason);
  const state = manner.disposition === 'Accepted' ? 'Settled' : 'Disputed';
  await until(async () => (await report())?.state === state || undefined, `the conversation to be ${state}`);
  const { NetSettlement } = settlement.FlexOrderSettlement[0]!;
  const why = status!.DisputeReason === undefined ? '' : `: ${status!.DisputeReason}`;
  tell(`It settles with a FlexSettlement over ${NetSettlement}; Flexor says ${manner.disposition}${why}.`);
}

async function settle(
  { dso }: Cast,
  traded: Trade,
  metered: MeterReadings,
  overcharge: string,
  envelope: Content,
) {
  const content = { ...envelope, ...flexSettlement(traded, metered, overcharge) };
  const settlement = await dso.send('FlexSettlement', content);
  const verdict = await dso.wait('FlexSettlementResponse', { answers: settlement.MessageID });
  return { settlement, verdict };
}
