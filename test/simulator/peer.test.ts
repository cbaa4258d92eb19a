import { beforeEach, describe, expect, it } from 'vitest';
import type { Peer } from '../../simulator/index.ts';
import { generateKeyPair } from '../../uftp/index.ts';
import { introduce, startPeer } from './support.ts';

describe('two participants over HTTP', () => {
  let agr: Peer;
  let dso: Peer;
  beforeEach(async () => {
    agr = await startPeer('AGR');
    dso = await startPeer('DSO');
    introduce(agr, dso);
  });

  it('exchange signed messages, in either version', async () => {
    for (const Version of ['3.1.0', '3.0.0'] as const) {
      const sent = await agr.send('dso.example.com', { type: 'TestMessage', Version });
      const answer = await agr.expect(
        'TestMessageResponse',
        ({ ConversationID }) => ConversationID === sent.ConversationID,
      );
      expect(answer).toMatchObject({ Version, SenderDomain: 'dso.example.com' });
    }
  });

  it('keep what went over the wire, byte for byte', async () => {
    await agr.send('dso.example.com', { type: 'TestMessage' });
    await dso.expect('TestMessage');
    const [sent] = agr.record.messages;
    const [received] = dso.record.messages;
    expect(received!.wire).toBe(sent!.wire);
    expect(received!.payload).toBe(sent!.payload);
    expect(sent!.delivery).toMatchObject({ outcome: 'delivered', status: 200, attempts: 1 });
    expect(dso.record.posts).toMatchObject([{ status: 200, wire: sent!.wire }]);
  });

  it('refuse whom they do not know', async () => {
    const stranger = await startPeer('CRO', {
      retries: { initialDelayMs: 1, factor: 1, maximumDelayMs: 1, windowMs: 0 },
    });
    introduce(stranger, await startPeer('AGR'));
    stranger.meet({
      domain: dso.domain,
      role: 'DSO',
      endpoint: { url: dso.url },
      publicKeys: [dso.publicKey],
    });
    await expect(stranger.send(dso.domain, { type: 'TestMessage' })).rejects.toMatchObject({
      code: 'simulator.not-delivered',
      details: { status: 419, outcome: 'temporary' },
    });
    expect(dso.record.messages).toEqual([]);
  });

  it('refuse a signature of another key, and accept either of two keys', async () => {
    agr.faults.set({ wrongKey: { times: 1 } });
    await expect(agr.send(dso.domain, { type: 'TestMessage' })).rejects.toMatchObject({
      details: { status: 401, outcome: 'permanent' },
    });
    expect(dso.record.posts).toMatchObject([{ status: 401, refused: 'uftp.signature-invalid' }]);
    expect(dso.record.messages).toEqual([]);

    dso.meet({
      domain: agr.domain,
      role: 'AGR',
      endpoint: { url: agr.url },
      publicKeys: [generateKeyPair().publicKey, agr.publicKey],
    });
    await agr.send(dso.domain, { type: 'TestMessage' });
  });

  it.each([
    [{ contentType: { value: 'application/json', times: 1 } }, 400, 'uftp.content-type'],
    [{ chunked: { times: 1 } }, 411, 'uftp.content-length-missing'],
  ])('refuse posts with bad headers: %j', async (plan, status, code) => {
    agr.faults.set(plan);
    await expect(agr.send(dso.domain, { type: 'TestMessage' })).rejects.toMatchObject({
      details: { status },
    });
    expect(dso.record.posts).toMatchObject([{ status, refused: code }]);
  });

  it.each([
    ['no XML', 'nonsense', 400],
    ['no SignedMessage', '<TestMessage/>', 400],
    [
      'a body that is not Base64',
      '<SignedMessage SenderDomain="agr.example.com" SenderRole="AGR" Body="%"/>',
      400,
    ],
    [
      'an unknown sender',
      '<SignedMessage SenderDomain="who.example.com" SenderRole="AGR" Body="AAAA"/>',
      419,
    ],
    [
      'a known sender in another role',
      '<SignedMessage SenderDomain="agr.example.com" SenderRole="CRO" Body=""/>',
      419,
    ],
    ['no signature', '<SignedMessage SenderDomain="agr.example.com" SenderRole="AGR" Body="AAAA"/>', 401],
  ])('refuse %s', async (_, body, status) => {
    const response = await fetch(dso.url, { method: 'POST', headers: { 'content-type': 'text/xml' }, body });
    expect(response.status).toBe(status);
    expect(dso.record.messages).toEqual([]);
  });

  it('know one address and one method', async () => {
    expect((await fetch(new URL('/elsewhere', dso.url), { method: 'POST', body: 'x' })).status).toBe(404);
    expect((await fetch(dso.url)).status).toBe(405);
  });

  it('try again while the other side is out of order, with the same bytes', async () => {
    dso.faults.set({ refuse: { status: 503, times: 2 } });
    await agr.send(dso.domain, { type: 'TestMessage' });
    expect(dso.record.posts.map(({ status }) => status)).toEqual([503, 503, 200]);
    expect(new Set(dso.record.posts.map(({ wire }) => wire)).size).toBe(1);
    expect(agr.record.messages[0]!.delivery).toMatchObject({ outcome: 'delivered', attempts: 3 });
  });

  it('do not try again what is refused for good', async () => {
    dso.faults.set({ refuse: { status: 400 } });
    await expect(agr.send(dso.domain, { type: 'TestMessage' })).rejects.toMatchObject({
      details: { attempts: 1, outcome: 'permanent' },
    });
  });

  it('act once on a message whose connection broke, and answer again as before', async () => {
    dso.faults.set({ drop: { times: 1 } });
    // A DSO takes no portfolio queries: it rejects this one when it comes, and again when it is repeated.
    const query = await agr.send(dso.domain, {
      type: 'AGRPortfolioQuery',
      TimeZone: 'Europe/Amsterdam',
      Period: '2026-01-01',
    });
    const first = await agr.record.expect({ type: 'AGRPortfolioQueryResponse' });
    const second = await agr.record.expect({ type: 'AGRPortfolioQueryResponse', since: first.seq });
    expect(first.message).toMatchObject({
      AGRPortfolioQueryMessageID: query.MessageID,
      Result: 'Rejected',
      RejectionReason: 'Invalid Message',
    });
    expect(second.wire).toBe(first.wire);
    expect(second.repeated).toBe(true);
    expect(dso.record.messages.filter(({ direction }) => direction === 'received')).toMatchObject([
      { repeated: false },
      { repeated: true },
    ]);
    expect(dso.record.posts).toMatchObject([{ refused: 'fault' }, { status: 200 }]);
  });

  it('reject a MessageID that was used for something else', async () => {
    const revocation = {
      type: 'FlexOfferRevocation',
      MessageID: '22222222-2222-4222-8222-22222222abcd',
      FlexOfferMessageID: '11111111-1111-4111-8111-111111111111',
    } as const;
    dso.behave = (message) => dso.answer(message);
    await agr.send(dso.domain, revocation);
    await agr.expect('FlexOfferRevocationResponse', ({ Result }) => Result === 'Accepted');
    await agr.send(dso.domain, { ...revocation, MessageID: revocation.MessageID.toUpperCase() });
    const rejection = await agr.expect('FlexOfferRevocationResponse', ({ Result }) => Result === 'Rejected');
    expect(rejection.RejectionReason).toBe('Duplicate Identifier');
  });

  it.each([{}, { together: true }])('post everything twice when told to: %j', async (how) => {
    agr.faults.set({ repeat: how });
    await agr.send(dso.domain, { type: 'TestMessage' });
    const received = dso.record.messages.filter(({ direction }) => direction === 'received');
    expect(received.map(({ repeated }) => repeated)).toEqual([false, true]);
    expect(received[1]!.wire).toBe(received[0]!.wire);
  });

  it('hold an answer back when told to', async () => {
    dso.faults.set({ delay: { ms: 60_000, times: 1 }, silence: { times: 1 } });
    const sending = agr.send(dso.domain, { type: 'TestMessage' }).catch(() => 'broken off');
    await dso.expect('TestMessage');
    expect(agr.record.messages[0]!.delivery).toBeUndefined();
    await Promise.all([dso.stop(), agr.stop()]);
    expect(await sending).toBe('broken off');
  });

  it('take messages and stay silent, or reject them, when told to', async () => {
    const query = () =>
      agr.send(dso.domain, {
        type: 'FlexOfferRevocation',
        FlexOfferMessageID: '11111111-1111-4111-8111-111111111111',
      });
    dso.behave = (message) => dso.answer(message);
    dso.faults.set({ silence: { times: 1 }, reject: { reason: 'Not today', times: 1 } });
    const ignored = await query();
    const rejected = await query();
    const accepted = await query();
    const answer = await agr.expect('FlexOfferRevocationResponse', ({ Result }) => Result === 'Accepted');
    expect(answer.FlexOfferRevocationMessageID).toBe(accepted.MessageID);
    const rejection = await agr.expect('FlexOfferRevocationResponse', ({ Result }) => Result === 'Rejected');
    expect(rejection).toMatchObject({
      FlexOfferRevocationMessageID: rejected.MessageID,
      RejectionReason: 'Not today',
    });
    expect(dso.faults.plan).toEqual({});
    const answered = agr.record.all('received', 'FlexOfferRevocationResponse');
    expect(answered.map((response) => response.FlexOfferRevocationMessageID)).not.toContain(
      ignored.MessageID,
    );
  });

  it('reject what the envelope gets wrong', async () => {
    await agr.send(dso.domain, { type: 'TestMessage', RecipientDomain: 'other.example.com' });
    await agr.send(dso.domain, {
      type: 'FlexOfferRevocation',
      SenderDomain: 'other.example.com',
      RecipientDomain: 'another.example.com',
      FlexOfferMessageID: '11111111-1111-4111-8111-111111111111',
    });
    const rejection = await agr.expect('FlexOfferRevocationResponse');
    expect(rejection.RejectionReason).toBe('Invalid Sender;Unknown Recipient');
  });

  it('say what arrived instead of the message awaited', async () => {
    await agr.send(dso.domain, { type: 'TestMessage' });
    await dso.expect('TestMessage');
    await expect(dso.expect('FlexOffer', undefined, { timeoutMs: 1 })).rejects.toMatchObject({
      code: 'simulator.wait-timeout',
      message: expect.stringContaining('TestMessage'),
    });
    const waiting = expect(dso.expect('FlexOffer')).rejects.toMatchObject({ code: 'simulator.stopped' });
    await dso.stop();
    await waiting;
  });
});
