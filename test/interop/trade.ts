import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { instant } from '../../base/index.ts';
import { rehearse, type Rehearsal, until } from '../../rehearsal/rehearsal.ts';
import { setStage } from '../../rehearsal/stage.ts';
import { Supervisor } from '../../services/index.ts';
import { loadSimulatorConfig, type MeterReadings, meterDay, scenario } from '../../simulator/index.ts';
import {
  addDays,
  encode,
  encodeBase64,
  type Message,
  periodStart,
  seal,
  SecretKey,
  type Version,
  writeSignedMessage,
} from '../../uftp/index.ts';
import { workflowIds } from '../../workflows/ids.ts';
import type { PythonPeer } from '../peer/python-env.ts';
import { flexOrder, flexRequest, flexReservationUpdate, flexSettlement, type Trade } from './messages.ts';
import { type Content, type PythonDSO, startPythonDSO } from './python-dso.ts';

/** Says what really happened, one line a step. */
export type Tell = (line: string) => void;

const { AGR_DOMAIN, DSO_DOMAIN, CRO_DOMAIN, market } = scenario;

/** Everything that plays one telling. */
interface Cast extends Rehearsal {
  readonly python: PythonDSO;
  readonly version: Version;
  readonly tell: Tell;
}

/** How one trade goes. */
interface Manner {
  /** Whether the DSO keeps the ConversationID; the library starts a new conversation where its user names none. */
  readonly keepsConversation: boolean;
  /** Added to the penalty. */
  readonly overcharge: string;
  /** What Flexor is to say of the settlement. */
  readonly disposition: 'Accepted' | 'Disputed';
}

/**
 * The Python library as DSO trades with a whole Flexor, twice: once with a settlement that is right, and once
 * starting a new conversation with every message and overcharging in the end.
 *
 * @returns 0 when all of it happened, or the exit code of a run that was broken off, as the supervisor reports it
 * @throws AssertionError, FlexorError for the first step that does not happen
 */
export async function tradeWithPython(
  peer: Extract<PythonPeer, { python: string }>,
  version: Version,
  tell: Tell,
  say: (line: string) => void,
): Promise<number> {
  const supervisor = new Supervisor({ say });
  return supervisor.run(async () => {
    const stage = await supervisor.start('the rehearsal’s folder', async () => {
      const set = await setStage({ version });
      return { ...set, stop: () => set.strike() };
    });
    const python = await supervisor.start('the Python DSO', () =>
      startPythonDSO(peer, stage.simulators.dso.configFile, version),
    );
    const rehearsal = await rehearse(supervisor, stage, { say, simulators: ['cro'] });
    const cast = { ...rehearsal, python, version, tell };
    await exchangeTestMessages(cast);
    await trade(cast, { keepsConversation: true, overcharge: '0', disposition: 'Accepted' });
    await trade(cast, { keepsConversation: false, overcharge: '5.00', disposition: 'Disputed' });
    return 0;
  });
}

async function exchangeTestMessages({ python, stage, version, tell }: Cast): Promise<void> {
  const { ConversationID } = await python.send('TestMessage', {});
  await python.wait('TestMessageResponse', { where: (answer) => answer.ConversationID === ConversationID });
  tell('The Python DSO sends a TestMessage, and Flexor answers it.');

  const { port } = await loadSimulatorConfig(stage.simulators.dso.configFile);
  const key = SecretKey.parse(await readFile(path.join(stage.folder, 'secrets', 'agr.key'), 'utf8'));
  const test = {
    type: 'TestMessage' as const,
    Version: version,
    SenderDomain: AGR_DOMAIN,
    RecipientDomain: DSO_DOMAIN,
    TimeStamp: instant(stage.clock),
    MessageID: randomUUID(),
    ConversationID: randomUUID(),
  };
  const body = writeSignedMessage({
    SenderDomain: AGR_DOMAIN,
    SenderRole: 'AGR',
    Body: encodeBase64(seal(encode(test), key)),
  });
  const response = await fetch(`http://127.0.0.1:${port}/shapeshifter/api/v3/message`, {
    method: 'POST',
    headers: { 'content-type': 'text/xml; charset=utf-8' },
    body: body as Uint8Array<ArrayBuffer>,
  });
  assert.equal(response.status, 200);
  // It tells of a TestMessage once its answer was taken with HTTP 200.
  await python.wait('TestMessage', { where: ({ MessageID }) => MessageID === test.MessageID });
  tell('It answers a TestMessage from Flexor, and Flexor takes the answer.');
}

async function trade(cast: Cast, manner: Manner): Promise<void> {
  const { stage, operator, python, version, tell, moveTo } = cast;
  const story = scenario.standardStory(instant(stage.clock));
  await syncPortfolio(cast, story.period);
  await operator.putBaseline(story.baseline);

  const request = await python.send('FlexRequest', { ...now(cast), ...flexRequest(story) });
  assert.equal(request.Version, version);
  const conversation = manner.keepsConversation ? { ConversationID: request.ConversationID } : {};
  /** What a message of this trade says beside its own content. */
  const envelope = (): Content => ({ ...now(cast), ...conversation });
  const workflowId = workflowIds.flexRequest(DSO_DOMAIN, request.MessageID);
  const report = async () => (await operator.conversation(workflowId))?.conversation;
  expectAnswer(await python.wait('FlexRequestResponse', { answers: request.MessageID }), request, 'Accepted');
  tell(`The Python DSO sends a FlexRequest for ${story.period}; Flexor accepts it.`);

  const offer = await python.wait('FlexOffer', {
    where: ({ FlexRequestMessageID }) => FlexRequestMessageID === request.MessageID,
  });
  assert.equal(offer.Version, version);
  assert.equal(offer.ConversationID, request.ConversationID);
  const { Price, ISP } = offer.OfferOption[0]!;
  tell(`The library takes Flexor's FlexOffer: ${ISP[0]!.Power} W for ${Price} ${offer.Currency}.`);

  await python.send('FlexOfferResponse', { ...envelope(), FlexOfferMessageID: offer.MessageID });
  await until(
    async () => (await report())?.snapshot.offers.some(({ status }) => status === 'Open') || undefined,
    'the FlexOfferResponse to reach its conversation',
  );
  tell(
    `It answers FlexOfferResponse Accepted${manner.keepsConversation ? '' : ', in a conversation of its own'}.`,
  );

  const order = await python.send('FlexOrder', { ...envelope(), ...flexOrder(offer) });
  expectAnswer(await python.wait('FlexOrderResponse', { answers: order.MessageID }), order, 'Accepted');
  tell(`It orders, in its own four decimals, for ${order.Price} ${order.Currency}; Flexor accepts.`);

  const update = await python.send('FlexReservationUpdate', {
    ...now(cast),
    ...flexReservationUpdate(story),
  });
  const updated = await python.wait('FlexReservationUpdateResponse', { answers: update.MessageID });
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
  { python }: Cast,
  traded: Trade,
  metered: MeterReadings,
  overcharge: string,
  envelope: Content,
) {
  const content = { ...envelope, ...flexSettlement(traded, metered, overcharge) };
  const settlement = await python.send('FlexSettlement', content);
  const verdict = await python.wait('FlexSettlementResponse', { answers: settlement.MessageID });
  return { settlement, verdict };
}

async function syncPortfolio({ operator }: Cast, period: string): Promise<void> {
  await operator.syncPortfolio(CRO_DOMAIN);
  await until(() => operator.portfolioView(CRO_DOMAIN, period), 'the view of the CRO');
}

/** The library would take the machine's time. */
const now = ({ stage }: Cast): Content => ({ TimeStamp: instant(stage.clock) });

type Answer = Extract<Message, { Result: string }>;

function expectAnswer(answer: Message, asked: Message, result: string): void {
  const { Result, RejectionReason } = answer as Answer;
  assert.equal(Result, result, `${answer.type} says ${Result} ${RejectionReason ?? ''}, not ${result}`);
  assert.equal(answer.ConversationID, asked.ConversationID, `${answer.type} is in another conversation`);
  assert.equal(answer.Version, asked.Version, `${answer.type} is of another version`);
}
