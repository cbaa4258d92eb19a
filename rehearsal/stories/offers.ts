import { workflowIds } from '../../workflows/ids.ts';
import { until } from '../rehearsal.ts';
import {
  answerTo,
  ask,
  check,
  DSO_DOMAIN,
  expectResult,
  inMinutes,
  kilowatts,
  offered,
  saysOffer,
  setUp,
  watch,
} from '../steps.ts';
import type { Story } from './story.ts';

/** Asked without a contract: under one, every option would have to hold all that is reserved. */
const FREE = {
  contract: undefined,
  isps: [{ disposition: 'Requested', minPower: -600_000, maxPower: -100_000, start: 69, duration: 8 }],
};

export const corrected: Story = {
  name: 'corrected',
  title: 'the DSO refuses an offer with two options; the next one has one',
  configure: (usual) => ({ ...usual, strategy: { ...usual.strategy, options: 2 } }),
  async play(on, tell) {
    await setUp(on, tell);
    await on.dso.faults({ reject: { reason: 'No MutEx offer support', times: 1 } });
    const { request, talk } = await ask(on, tell, FREE);
    const first = await on.dso.wait('FlexOffer', { conversation: request.ConversationID });
    check(first.message.OfferOption.length === 2, 'the first offer has two options');
    tell(`Flexor ${saysOffer(first.message)}: either, not both.`);
    await talk.offerIs('Refused');
    tell(`${DSO_DOMAIN} refuses it: No MutEx offer support.`);
    await talk.offerIs('Open', 1);
    const second = await on.dso.wait('FlexOffer', {
      conversation: request.ConversationID,
      since: first.seq,
    });
    check(second.message.OfferOption.length === 1, 'the second offer has one option');
    tell(`Flexor corrects itself under a new MessageID: it ${saysOffer(second.message)}. Accepted.`);
    const order = await on.dso.order({ offer: second.message.MessageID });
    expectResult(await answerTo(on, order), 'Accepted');
    tell(`${DSO_DOMAIN} orders it.`);
    return talk.ended('Ordered');
  },
};

export const partial: Story = {
  name: 'partial',
  title: 'half of one offer is ordered, and all of another that an operator added',
  configure: (usual) => ({ ...usual, strategy: { ...usual.strategy, minActivationFactor: '0.50' } }),
  async play(on, tell) {
    await setUp(on, tell);
    const { request, offer, talk } = await offered(on, tell, FREE);
    await on.operator.command(talk.workflowId, 'offers', {
      proposal: { options: [{ Price: '40.00', ISP: [{ Start: 69, Duration: 8, Power: -150_000 }] }] },
    });
    await talk.offerIs('Open', 1);
    const added = (await on.dso.messages())
      .map(({ message }) => message)
      .filter((message) => message.type === 'FlexOffer' && message.ConversationID === request.ConversationID)
      .at(-1)!;
    tell('An operator adds a second offer of -150 kW for 40.00 EUR: both can be delivered together.');
    const half = await on.dso.order({ offer: offer.MessageID, factor: '0.50' });
    expectResult(await answerTo(on, half), 'Accepted');
    tell(
      `${DSO_DOMAIN} orders half of the first: ${kilowatts(half.ISP[0]!.Power)} for ${half.Price} EUR. Accepted.`,
    );
    const wrong = await on.dso.order({ offer: added.MessageID, price: '39.00' });
    const refusal = await answerTo(on, wrong);
    expectResult(refusal, 'Rejected');
    tell(`It orders the second at 39.00 EUR, and is refused: ${refusal.RejectionReason}.`);
    const whole = await on.dso.order({ offer: added.MessageID });
    expectResult(await answerTo(on, whole), 'Accepted');
    tell('It orders the second as offered. Accepted: two orders bind.');
    const { orders } = await talk.state('two orders', (state) => state.orders.length === 2);
    check(
      orders.every(({ status }) => status === 'Accepted'),
      'both orders bind',
    );
    return talk.ended('Ordered');
  },
};

export const revoked: Story = {
  name: 'revoked',
  title: 'an operator revokes an offer while an order for it is on its way: the revocation wins',
  async play(on, tell) {
    await setUp(on, tell);
    const { offer, talk } = await offered(on, tell);
    await on.dso.faults({ silence: {} });
    await on.operator.command(talk.workflowId, 'revocations', { step: 'FlexOffer/1', reason: 'a leak' });
    await on.dso.wait('FlexOfferRevocation');
    tell('The cold store leaks. An operator revokes the offer: FlexOfferRevocation, not answered yet.');
    const order = await on.dso.order({ offer: offer.MessageID });
    tell(`At the same time ${DSO_DOMAIN} orders the offer.`);
    const refusal = await answerTo(on, order);
    expectResult(refusal, 'Rejected');
    tell(`Where both cross, the revocation wins: FlexOrderResponse Rejected, ${refusal.RejectionReason}.`);
    await on.moveTo(inMinutes(on, 4 * 60 + 10));
    const report = await talk.ended('Lapsed');
    tell('No order binds, and the power is free for other offers.');
    return report;
  },
};

export const noReply: Story = {
  name: 'no-reply',
  title: 'the DSO does not answer an offer: the same bytes once more, then a person',
  configure: (usual) => ({
    ...usual,
    participants: usual.participants.map((each) => ({ ...each, delivery: { replyWithin: 'PT30M' } })),
  }),
  async play(on, tell) {
    await setUp(on, tell);
    await on.dso.faults({ silence: {} });
    const { request, talk } = await ask(on, tell);
    const { message: offer } = await on.dso.wait('FlexOffer', { conversation: request.ConversationID });
    tell(`Flexor ${saysOffer(offer)}. The DSO takes it, and says nothing.`);
    await talk.offerIs('Sent');
    const before = (await on.dso.posts()).length;
    await on.moveTo(inMinutes(on, 31));
    await until(
      async () => (await on.dso.posts()).length > before || undefined,
      'the offer to be posted again',
    );
    tell('Half an hour later Flexor posts the offer again: the same MessageID, byte for byte.');
    await on.moveTo(inMinutes(on, 31));
    const alert = await talk.alert('reply');
    tell(`Still no answer. A person has to know: "${alert.text}"`);
    await on.moveTo(inMinutes(on, 4 * 60));
    return talk.ended('Lapsed');
  },
};

export const unsolicited: Story = {
  name: 'unsolicited',
  title: 'an operator offers what nobody asked for, and the DSO orders it',
  async play(on, tell) {
    const { request } = await setUp(on, tell);
    const { congestionPoint, period } = request;
    const { workflowId } = await on.operator.post<{ workflowId: string }>('/v1/unsolicited-offers', {
      ...{ dso: DSO_DOMAIN, congestionPoint, period },
      proposal: { options: [{ Price: '75.00', ISP: [{ Start: 69, Duration: 8, Power: -150_000 }] }] },
    });
    const { message: offer } = await on.dso.wait('FlexOffer');
    check(offer.Unsolicited === true, 'the offer says that it is unsolicited');
    tell(`An operator sees a peak coming, and Flexor ${saysOffer(offer)}: nobody asked.`);
    const talk = watch(on, workflowId);
    await talk.offerIs('Open');
    const order = await on.dso.order({ offer: offer.MessageID });
    expectResult(await answerTo(on, order), 'Accepted');
    tell(`${DSO_DOMAIN} accepts it, orders it, and Flexor accepts the order.`);
    return talk.ended('Ordered');
  },
};

export const direct: Story = {
  name: 'direct-order',
  title: 'the DSO orders under a contract, without an offer; the contract decides',
  configure: (usual) => ({
    ...usual,
    contracts: usual.contracts.map((each) => ({ ...each, activationPricePerMWh: '100.00' })),
  }),
  async play(on, tell) {
    const { request } = await setUp(on, tell);
    const { congestionPoint, period } = request;
    const day = { congestionPoint, period, contract: 'C-1' };
    const wrong = await on.dso.orderDirectly({
      ...day,
      price: '100.00',
      isps: [{ powerW: -500_000, start: 69, duration: 8 }],
    });
    const refusal = await answerTo(on, wrong);
    expectResult(refusal, 'Rejected');
    tell(`${DSO_DOMAIN} orders 500 kW under contract C-1, and is refused: ${refusal.RejectionReason}.`);
    const order = await on.dso.orderDirectly({
      ...day,
      price: '80.00',
      isps: [{ powerW: -400_000, start: 69, duration: 8 }],
    });
    expectResult(await answerTo(on, order), 'Accepted');
    tell('It orders the 400 kW that the contract reserves, for two hours at 100 EUR per MWh: accepted.');
    return watch(on, workflowIds.unsolicited(DSO_DOMAIN, order.MessageID)).ended('Ordered');
  },
};
