import type { Message } from '../messages/index.ts';
import { alone, knowing } from './rule.ts';
import { TEXTS } from './texts.ts';

/** What an offer holds, and how an offer or order names what it builds on. */
export const OFFER_RULES = [
  alone({
    name: 'offer-unsolicited-mark',
    messages: ['FlexOffer'],
    when: 'it is marked Unsolicited and names a FlexRequest, or (from 3.1.0 on) has neither',
    text: 'FlexRequestMessageID must be present if and only if the FlexOffer is not Unsolicited',
    cites: 'UFTP 3.1 FlexOffer, "Unsolicited" and "FlexRequestMessageID"',
    breaks: (offer) => markContradicts(offer.Version, offer.Unsolicited, offer.FlexRequestMessageID),
  }),
  alone({
    name: 'order-unsolicited-mark',
    messages: ['FlexOrder'],
    when: 'it is marked Unsolicited and names a FlexOffer, or has neither',
    text: 'FlexOfferMessageID must be present if and only if the FlexOrder is not Unsolicited',
    cites: 'UFTP 3.1 FlexOrder, "Unsolicited" and "FlexOfferMessageID"',
    breaks: (order) => markContradicts(order.Version, order.Unsolicited, order.FlexOfferMessageID),
  }),
  alone({
    name: 'option-reference-repeated',
    messages: ['FlexOffer'],
    when: 'two of its options have the same OptionReference',
    text: 'OptionReference not unique',
    cites: 'UFTP FlexOffer, "OptionReference": identifies the option',
    breaks: ({ OfferOption }) => {
      const references = OfferOption.map(({ OptionReference }) => OptionReference);
      const repeated = references.find((reference, i) => references.indexOf(reference) < i);
      return repeated !== undefined && repeated;
    },
  }),
  alone({
    name: 'baseline-ambiguous',
    messages: ['FlexOffer', 'FlexOrder'],
    when: 'it names both a D-Prognosis and another baseline',
    text: 'Baseline ambiguous',
    cites: 'UFTP FlexOffer, "BaselineReference": where the baseline is not a D-Prognosis',
    breaks: (message) => message.DPrognosisMessageID !== undefined && message.BaselineReference !== undefined,
  }),
  alone({
    name: 'activation-factor-out-of-bounds',
    messages: ['FlexOffer', 'FlexOrder'],
    when: 'an activation factor is not above 0 and at most 1',
    text: TEXTS.activationFactor,
    cites: 'UFTP FlexOffer, "MinActivationFactor"; FlexOrder, "ActivationFactor"',
    breaks: (message) => {
      const factors =
        message.type === 'FlexOrder'
          ? [message.ActivationFactor]
          : message.OfferOption.map(({ MinActivationFactor }) => MinActivationFactor);
      const wrong = factors.find(
        (factor) => factor !== undefined && !(Number(factor) > 0 && Number(factor) <= 1),
      );
      return wrong !== undefined && `${wrong}`;
    },
  }),
  knowing({
    name: 'request-mismatch',
    messages: ['FlexOffer'],
    when: 'no option touches a Requested ISP of the FlexRequest it answers',
    text: 'Request mismatch',
    cites: 'UFTP FlexOffer, rejection reasons: "Request mismatch"',
    presumes: ['isps-out-of-bounds'],
    knows: ['references'],
    breaks: async (offer, { knowledge }) => {
      const id = offer.FlexRequestMessageID;
      const request = id === undefined ? undefined : await knowledge.references.find(id, offer.SenderDomain);
      if (request?.message.type !== 'FlexRequest') return false;
      const requested = request.message.ISP.filter(({ Disposition }) => Disposition === 'Requested');
      return !offer.OfferOption.some(({ ISP }) =>
        ISP.some((offered) => requested.some((asked) => touch(offered, asked))),
      );
    },
  }),
  knowing({
    name: 'no-mutex-offer-support',
    messages: ['FlexOffer'],
    when: 'it has several options where the congestion point does not support mutually exclusive ones',
    text: 'No MutEx offer support',
    cites: 'UFTP FlexOffer, rejection reasons: "No MutEx offer support"',
    knows: ['congestionPoints'],
    breaks: async (offer, { knowledge }) => {
      if (offer.OfferOption.length < 2) return false;
      const point = await knowledge.congestionPoints.at(
        offer.RecipientDomain,
        offer.CongestionPoint,
        offer.Period,
      );
      return point?.MutexOffersSupported === false;
    },
  }),
  knowing({
    name: 'no-baseline',
    messages: ['FlexOffer'],
    when: 'the aggregator has no valid baseline there',
    text: 'No baseline',
    cites: 'UFTP FlexOffer, rejection reasons: "No baseline"',
    knows: ['baselines'],
    breaks: async ({ SenderDomain, CongestionPoint, Period }, { knowledge }) =>
      !(await knowledge.baselines.exists(SenderDomain, CongestionPoint, Period)),
  }),
  knowing({
    name: 'power-implausible',
    messages: ['D-Prognosis', 'FlexOffer'],
    when: 'its powers cannot be true, given what is connected there',
    text: 'Power value rejection',
    cites: 'UFTP D-Prognosis and FlexOffer, rejection reasons: "Power value rejection"',
    knows: ['baselines'],
    breaks: async (message, { knowledge }) => !(await knowledge.baselines.isPlausible(message)),
  }),
  knowing({
    name: 'flexibility-procured',
    messages: ['FlexOfferRevocation'],
    when: 'the offer was ordered before',
    text: 'Flexibility procured',
    cites: 'UFTP FlexOfferRevocation, rejection reasons: "Flexibility procured"',
    knows: ['references'],
    breaks: async ({ FlexOfferMessageID, SenderDomain }, { knowledge }) =>
      (await knowledge.references.find(FlexOfferMessageID, SenderDomain))?.ordered === true,
  }),
];

/** The attribute exists from 3.1.0 on; before, a missing reference alone says that nothing was asked for. */
function markContradicts(
  version: string,
  unsolicited: boolean | undefined,
  reference: string | undefined,
): boolean {
  if (version === '3.0.0') return false;
  return (unsolicited === true) === (reference !== undefined);
}

type Group =
  Message<'FlexRequest'>['ISP'][number] | Message<'FlexOffer'>['OfferOption'][number]['ISP'][number];

function touch(one: Group, other: Group): boolean {
  return one.Start < other.Start + other.Duration && other.Start < one.Start + one.Duration;
}
