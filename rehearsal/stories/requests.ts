import { until } from '../rehearsal.ts';
import { workflowIds } from '../../workflows/ids.ts';
import {
  answerTo,
  ask,
  check,
  DSO_DOMAIN,
  expectResult,
  inMinutes,
  offered,
  saysOffer,
  setUp,
  storyOf,
  watch,
} from '../steps.ts';
import type { Story } from './story.ts';

const PEAK = { start: 69, duration: 8 };

export const rejected: Story = {
  name: 'rejected',
  title: 'a request that is wrong in several ways is rejected with every reason',
  async play(on, tell) {
    await setUp(on, tell);
    const { request: usual } = storyOf(on);
    const request = await on.dso.requestFlex({
      ...usual,
      isps: [{ disposition: 'Available', minPower: 1000, maxPower: -1000, ...PEAK }],
    });
    tell(`${DSO_DOMAIN} sends a FlexRequest that asks for nothing, between 1 kW and -1 kW.`);
    const { message } = await on.dso.wait('FlexRequestResponse', { answers: request.MessageID });
    expectResult(message, 'Rejected');
    tell(`Flexor rejects it with every reason at once: ${message.RejectionReason}.`);
    return watch(on, workflowIds.flexRequest(DSO_DOMAIN, request.MessageID)).ended('Rejected');
  },
};

export const noBid: Story = {
  name: 'no-bid',
  title: 'nothing can be offered: the reason is kept, and the request lapses',
  async play(on, tell) {
    const { request: usual } = await setUp(on, tell);
    const { contract: _, ...free } = usual;
    const request = await on.dso.requestFlex({
      ...free,
      isps: [{ disposition: 'Requested', minPower: 300_000, maxPower: 400_000, ...PEAK }],
    });
    tell(`${DSO_DOMAIN} asks for 300 kW more consumption in the evening peak.`);
    const talk = watch(on, workflowIds.flexRequest(DSO_DOMAIN, request.MessageID));
    const { reason } = await talk.state('a decision', (state) => state.reason !== undefined);
    tell(
      `Flexor accepts the request and decides: ${reason}. UFTP knows no message for that, so it is silent.`,
    );
    await on.moveTo(inMinutes(on, 4 * 60 + 1));
    const report = await talk.ended('Lapsed');
    tell('Four hours later the request expires. Why nothing was offered stays on record.');
    return report;
  },
};

export const superseded: Story = {
  name: 'superseded',
  title: 'a newer Revision takes the place of a request: its offer is revoked before a new one is made',
  async play(on, tell) {
    await setUp(on, tell);
    const first = await offered(on, tell);
    const { request: usual } = storyOf(on);
    const second = await on.dso.requestFlex({
      ...usual,
      revision: 2,
      conversation: first.request.ConversationID,
    });
    tell(`${DSO_DOMAIN} sends the request again, as Revision 2.`);
    await on.dso.wait('FlexOfferRevocation', { conversation: first.request.ConversationID });
    const report = await first.talk.ended('Superseded');
    tell('Flexor revokes the offer it had made: FlexOfferRevocation, accepted.');
    const { message: offer } = await until(async () => {
      const offers = (await on.dso.messages()).filter(({ message }) => message.type === 'FlexOffer');
      const found = offers.find(
        ({ message }) =>
          'FlexRequestMessageID' in message && message.FlexRequestMessageID === second.MessageID,
      );
      return found && { message: found.message as typeof first.offer };
    }, 'an offer for Revision 2');
    tell(`Then it ${saysOffer(offer)} for Revision 2.`);
    return report;
  },
};

export const manual: Story = {
  name: 'manual',
  title: 'an operator decides what is offered, by the deadline or not at all',
  configure: (usual) => ({
    ...usual,
    strategy: { kind: 'manual', deadline: 'PT1H', fallback: 'no-bid', offerValidity: 'PT2H' },
  }),
  async play(on, tell) {
    await setUp(on, tell);
    const { request, talk } = await ask(on, tell);
    const { askedUntil } = await talk.state('the operator to be asked', (state) => !!state.askedUntil);
    const alert = await talk.alert('decision');
    tell(`Flexor asks its operators: "${alert.text}"`);
    check(askedUntil !== undefined, 'there is a deadline');
    await on.operator.command(talk.workflowId, 'offers', {
      proposal: { options: [{ Price: '80.00', ISP: [{ Start: 69, Duration: 8, Power: -400_000 }] }] },
    });
    const { message: offer } = await on.dso.wait('FlexOffer', { conversation: request.ConversationID });
    tell(
      `An operator decides; Flexor checks that it can be delivered, holds the power, and ${saysOffer(offer)}.`,
    );
    await talk.offerIs('Open');
    const order = await on.dso.order({ offer: offer.MessageID });
    expectResult(await answerTo(on, order), 'Accepted');
    tell(`${DSO_DOMAIN} orders it, and Flexor accepts.`);
    return talk.ended('Ordered');
  },
};
