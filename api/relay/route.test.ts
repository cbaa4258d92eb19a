import { describe, expect, it } from 'vitest';
import type { PendingInbound } from '../../store/index.ts';
import type { Message, MessageType } from '../../uftp/index.ts';
import type { StoredMessage } from './message.ts';
import { route, routeLate, type RouteLookups } from './route.ts';

const DSO = 'dso.example.com';
const MESSAGE = '0A000000-0000-4000-8000-000000000001';
const OFFER = '0a000000-0000-4000-8000-000000000002';
const offer = {
  id: 'row',
  workflowId: 'flex-request/x',
  step: 'FlexOffer/1',
  type: 'FlexOffer',
  recipientDomain: DSO,
};

const lookups: RouteLookups = {
  sent: async (messageId) => (messageId.toLowerCase() === OFFER ? offer : undefined),
  contractKnown: (id) => id === 'C-1',
};

/** As much of a stored message as routing looks at. */
function stored<T extends MessageType>(
  type: T,
  content: Partial<Message<T>> = {},
  row: Partial<PendingInbound> = {},
): StoredMessage {
  return {
    row: { id: 'inbox-row', senderDomain: DSO, senderRole: 'DSO', ...row } as PendingInbound,
    message: { type, MessageID: MESSAGE, ...content } as unknown as Message,
    judgedAt: '2026-06-14T08:00:00.000Z',
  };
}

const to = (message: StoredMessage, rejections: string[] = []) => route(message, rejections, lookups);

describe('requests', () => {
  it('go into the workflow of their own', async () => {
    expect(await to(stored('FlexRequest'))).toEqual({
      to: 'own-workflow',
      workflowType: 'flexRequest',
      workflowId: `flex-request/${DSO}/${MESSAGE.toLowerCase()}`,
    });
    expect(await to(stored('FlexSettlement'))).toMatchObject({ workflowType: 'settlement' });
    expect(
      await to(stored('FlexReservationUpdate', { ContractID: 'C-1', Period: '2026-06-15' })),
    ).toMatchObject({
      workflowType: 'reservation',
      workflowId: `reservation/${DSO}/C-1/2026-06-15`,
    });
  });

  it('go there rejected, too: the conversation says why', async () => {
    expect(await to(stored('FlexRequest'), ['Invalid congestion point'])).toMatchObject({
      to: 'own-workflow',
    });
  });

  it('make no workflow for a contract that nobody knows', async () => {
    const update = stored('FlexReservationUpdate', { ContractID: 'no such', Period: '2026-06-15' });
    expect(await to(update)).toEqual({ to: 'reply', rejections: ['Unknown reference ContractID'] });
    expect(await to(update, ['found before'])).toEqual({ to: 'reply', rejections: ['found before'] });
  });

  it('are rejected where the MessageID was used for something else', async () => {
    const conflicting = stored('FlexRequest', {}, { conflictsWith: 'first' });
    expect(await to(conflicting, ['Other'])).toEqual({
      to: 'reply',
      rejections: ['Other', 'Duplicate Identifier'],
    });
  });

  it.each([
    ['only a DSO receives it', stored('FlexOffer')],
    ['only a CRO receives it', stored('AGRPortfolioUpdate')],
    ['another role sends it', stored('FlexRequest', {}, { senderRole: 'CRO' })],
  ])('are answered and go nowhere where %s', async (_, message) => {
    expect(await to(message)).toEqual({ to: 'reply', rejections: ['Invalid Message'] });
    expect(await to(message, ['Why'])).toEqual({ to: 'reply', rejections: ['Why'] });
  });

  it('of a test are answered, whoever asks', async () => {
    for (const senderRole of ['DSO', 'CRO', 'AGR']) {
      expect(await to(stored('TestMessage', {}, { senderRole }))).toEqual({ to: 'reply', rejections: [] });
    }
  });
});

describe('orders', () => {
  it('go to the workflow that made the offer, rejected or not', async () => {
    const order = stored('FlexOrder', { FlexOfferMessageID: OFFER.toUpperCase() });
    const there = { to: 'workflow', workflowId: offer.workflowId, refersTo: offer };
    expect(await to(order)).toEqual(there);
    expect(await to(order, ['ISP mismatch'])).toEqual(there);
  });

  it('are rejected for an offer that was made to somebody else, or is none', async () => {
    const foreign = stored('FlexOrder', { FlexOfferMessageID: OFFER }, { senderDomain: 'other.example.com' });
    const reply = { to: 'reply', rejections: ['Unknown reference FlexOfferMessageID'] };
    expect(await to(foreign)).toEqual(reply);
    const response = { ...lookups, sent: async () => ({ ...offer, type: 'FlexRequestResponse' }) };
    expect(await route(stored('FlexOrder', { FlexOfferMessageID: OFFER }), [], response)).toEqual(reply);
    expect(await to(foreign, reply.rejections)).toEqual(reply);
  });

  it('without an offer begin a conversation of their own', async () => {
    expect(await to(stored('FlexOrder'))).toEqual({
      to: 'own-workflow',
      workflowType: 'unsolicitedFlex',
      workflowId: `unsolicited/${DSO}/${MESSAGE.toLowerCase()}`,
    });
  });
});

describe('responses', () => {
  const response = stored('FlexOfferResponse', { FlexOfferMessageID: OFFER });

  it('go to the workflow that sent what they answer', async () => {
    expect(await to(response)).toMatchObject({ to: 'workflow', workflowId: offer.workflowId });
  });

  it.each([
    ['broken rules', response, ['Invalid Sender']],
    ['an unknown reference', stored('FlexOfferResponse', { FlexOfferMessageID: MESSAGE }), []],
    [
      'a reference of another type',
      stored('AGRPortfolioUpdateResponse', { AGRPortfolioUpdateMessageID: OFFER }),
      [],
    ],
    ['no reference', stored('TestMessageResponse'), []],
    ['a MessageID used again', stored('FlexOfferResponse', {}, { conflictsWith: 'first' }), []],
  ])('are never answered: %s', async (_, message, rejections) => {
    expect(await to(message, rejections)).toMatchObject({ to: 'nobody', reason: expect.stringMatching(/./) });
  });
});

describe('late messages', () => {
  it('are answered if they ask, and say which conversation they came too late for', () => {
    expect(routeLate(stored('FlexOrder'), ['Other'], 'flex-request/x')).toEqual({
      to: 'reply',
      rejections: ['Other', 'Reference message expired'],
      about: 'flex-request/x',
    });
    const ofOffer = (status: string) => routeLate(stored('FlexOrder'), [], 'w', status);
    expect(ofOffer('Revoked')).toMatchObject({ rejections: ['Reference message revoked'] });
    expect(ofOffer('Revoking')).toMatchObject({ rejections: ['Reference message revoked'] });
    expect(ofOffer('Ordered')).toMatchObject({ rejections: ['FlexOffer already ordered'] });
    expect(ofOffer('Refused')).toMatchObject({ rejections: ['Invalid Message: the FlexOffer was rejected'] });
    expect(ofOffer('Expired')).toMatchObject({ rejections: ['Reference message expired'] });
    expect(routeLate(stored('FlexReservationUpdate'), [], 'w')).toMatchObject({
      rejections: ['Deadline expired'],
    });
    expect(routeLate(stored('FlexOfferResponse'), [], 'w')).toMatchObject({ to: 'nobody', about: 'w' });
  });
});
