import { beforeAll, expect, test } from 'vitest';
import { until } from '../../rehearsal/rehearsal.ts';
import { scenario } from '../../simulator/index.ts';
import { addDays, type MessageType } from '../../uftp/index.ts';
import { workflowIds } from '../../workflows/ids.ts';
import { testRehearsal } from '../support/rehearsal.ts';

const market = testRehearsal();
/** An activity that died with its worker is tried again only when its time is over. */
const PATIENCE = { timeoutMs: 150_000 };

beforeAll(async () => {
  const { operator, stage } = market.on;
  const { period } = scenario.standardStory(stage.clock.now().toISOString());
  await until(() => operator.portfolioView(scenario.CRO_DOMAIN, period), 'the view of the CRO');
});

/** A request for a day of its own, as many days ahead as said. */
function request(daysAhead: number) {
  const { dso, stage } = market.on;
  const { request: tomorrows } = scenario.standardStory(stage.clock.now().toISOString());
  return dso.requestFlex({ ...tomorrows, period: addDays(tomorrows.period, daysAhead - 1) });
}

/** A conversation whose offer may be ordered. */
async function openOffer(daysAhead: number) {
  const { dso, operator } = market.on;
  const { ConversationID, MessageID } = await request(daysAhead);
  const { message: offer } = await dso.wait('FlexOffer', { conversation: ConversationID, ...PATIENCE });
  const workflowId = workflowIds.flexRequest(scenario.DSO_DOMAIN, MessageID);
  await until(async () => {
    const report = await operator.conversation(workflowId);
    return report?.conversation.snapshot.offers.some(({ status }) => status === 'Open') || undefined;
  }, 'the FlexOfferResponse to arrive');
  return { offer, workflowId };
}

/** What reached the DSO of one type in one conversation: every delivery, and the different bytes among them. */
async function arrived(type: MessageType, conversation: string) {
  const entries = (await market.on.dso.messages()).filter(
    ({ direction, message }) =>
      direction === 'received' && message.type === type && message.ConversationID === conversation,
  );
  return { deliveries: entries.length, different: new Set(entries.map(({ wire }) => wire)).size };
}

async function phaseOf(workflowId: string) {
  return (await market.on.operator.conversation(workflowId))?.conversation.state;
}

test('killed when the order was acknowledged, it answers the order once', async () => {
  const { dso } = market.on;
  const { offer, workflowId } = await openOffer(1);
  const order = await dso.order({ offer: offer.MessageID });
  await market.roles.kill('worker');
  await market.roles.restart('worker');
  const { message } = await dso.wait('FlexOrderResponse', { answers: order.MessageID, ...PATIENCE });
  expect(message.Result).toBe('Accepted');
  await until(async () => (await phaseOf(workflowId)) === 'Ordered' || undefined, 'the order to bind');
  expect((await arrived('FlexOrderResponse', order.ConversationID)).different).toBe(1);
});

test('killed while the DSO takes no response, it sends those very bytes when it runs again', async () => {
  const { dso } = market.on;
  const { offer } = await openOffer(2);
  const before = (await dso.posts()).length;
  await dso.faults({ refuse: { status: 503 } });
  const order = await dso.order({ offer: offer.MessageID });
  const [refused] = await until(async () => {
    const posts = await dso.posts(before);
    return posts.length > 0 ? posts : undefined;
  }, 'the response to be refused');
  await market.roles.kill('worker');
  await dso.faults({});
  await market.roles.restart('worker');
  const response = await dso.wait('FlexOrderResponse', { answers: order.MessageID, ...PATIENCE });
  expect(response.wire).toBe(refused!.wire);
  expect(await arrived('FlexOrderResponse', order.ConversationID)).toEqual({ deliveries: 1, different: 1 });
});

test('killed not knowing that its response arrived, it repeats it byte for byte', async () => {
  const { dso } = market.on;
  const { offer, workflowId } = await openOffer(3);
  await dso.faults({ drop: {} });
  const order = await dso.order({ offer: offer.MessageID });
  await dso.wait('FlexOrderResponse', { answers: order.MessageID, ...PATIENCE });
  await market.roles.kill('worker');
  await dso.faults({});
  await market.roles.restart('worker');
  const deliveries = await until(
    async () => {
      const found = await arrived('FlexOrderResponse', order.ConversationID);
      return found.deliveries > 1 ? found : undefined;
    },
    'the response to come again',
    PATIENCE.timeoutMs,
  );
  expect(deliveries.different).toBe(1);
  expect(await phaseOf(workflowId)).toBe('Ordered');
});

test('killed while it makes an offer, it makes one offer', async () => {
  const { dso } = market.on;
  const { MessageID, ConversationID } = await request(4);
  await dso.wait('FlexRequestResponse', { answers: MessageID, ...PATIENCE });
  await market.roles.kill('worker');
  await market.roles.restart('worker');
  const { message: offer } = await dso.wait('FlexOffer', { conversation: ConversationID, ...PATIENCE });
  const order = await dso.order({ offer: offer.MessageID });
  const { message } = await dso.wait('FlexOrderResponse', { answers: order.MessageID, ...PATIENCE });
  expect(message.Result).toBe('Accepted');
  expect((await arrived('FlexRequestResponse', ConversationID)).different).toBe(1);
  expect((await arrived('FlexOffer', ConversationID)).different).toBe(1);
});

test('an API killed between the 200 and the handing over loses nothing', async () => {
  const { dso, flexor } = market.on;
  // Without a worker no workflow can take the request: it stands in the inbox, and nowhere else.
  await market.roles.kill('worker');
  const { MessageID, ConversationID } = await request(5);
  await market.roles.kill('api');
  await market.roles.restart('api');
  await market.roles.restart('worker');
  await until(
    async () =>
      fetch(`${flexor.operatorUrl}/readyz`).then(
        ({ ok }) => ok || undefined,
        () => undefined,
      ),
    'the API to be ready',
  );
  const { message } = await dso.wait('FlexRequestResponse', { answers: MessageID, ...PATIENCE });
  expect(message.Result).toBe('Accepted');
  await dso.wait('FlexOffer', { conversation: ConversationID, ...PATIENCE });
  expect(await arrived('FlexRequestResponse', ConversationID)).toEqual({ deliveries: 1, different: 1 });
  expect(await arrived('FlexOffer', ConversationID)).toEqual({ deliveries: 1, different: 1 });
});
