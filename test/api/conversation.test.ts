import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createJudge } from '../../api/relay/judge.ts';
import { readStored } from '../../api/relay/message.ts';
import { systemClock } from '../../base/index.ts';
import { contractBook } from '../../config/index.ts';
import { encode, type MessageDraft } from '../../uftp/index.ts';
import { sampleOf } from '../../uftp/samples/index.ts';
import { startDatabase, story, testConfig, testMessage } from './support.ts';

let database: Awaited<ReturnType<typeof startDatabase>>;
beforeAll(async () => {
  database = await startDatabase();
});
afterAll(() => database?.stop());

it('an answer in another conversation than its message is an answer all the same', async () => {
  const { store } = database;
  const config = await testConfig();
  const judge = createJudge(config, store, contractBook(config, store.contracts, systemClock));
  const { type: _, ...envelope } = testMessage();
  const offer = {
    ...sampleOf('FlexOffer', '3.1.0'),
    ...envelope,
    SenderDomain: story.AGR_DOMAIN,
    RecipientDomain: story.DSO_DOMAIN,
    MessageID: randomUUID(),
  } as MessageDraft<'FlexOffer'>;
  await store.outbox.prepare({ workflowId: 'flex-request/x', step: 'FlexOffer/1' }, async () => ({
    recipientDomain: story.DSO_DOMAIN,
    recipientRole: 'DSO',
    messageId: offer.MessageID,
    conversationId: offer.ConversationID,
    type: offer.type,
    version: offer.Version,
    createdAt: offer.TimeStamp,
    body: new Uint8Array(),
    payload: encode(offer),
  }));
  const verdictOn = async (changes: Partial<MessageDraft<'FlexOfferResponse'>>) => {
    const response = {
      type: 'FlexOfferResponse',
      ...envelope,
      MessageID: randomUUID(),
      FlexOfferMessageID: offer.MessageID,
      Result: 'Accepted',
      ...changes,
    } as MessageDraft<'FlexOfferResponse'>;
    const { id } = await store.inbox.accept({
      senderDomain: story.DSO_DOMAIN,
      senderRole: 'DSO',
      recipientDomain: story.AGR_DOMAIN,
      messageId: response.MessageID,
      conversationId: response.ConversationID,
      type: response.type,
      version: response.Version,
      receivedAt: envelope.TimeStamp,
      body: new Uint8Array(),
      payload: encode(response),
    });
    return judge(readStored((await store.inbox.find(id))!));
  };

  expect(await verdictOn({})).toEqual([]);
  expect(await verdictOn({ ConversationID: randomUUID() })).toEqual([]);
  expect(await verdictOn({ FlexOfferMessageID: randomUUID() })).toEqual([
    'Unknown reference FlexOfferMessageID',
  ]);
});
