import type { Message } from '../messages/index.ts';
import { countOn } from './facts.ts';
import type { Knowledge } from './knowledge.ts';
import {
  factorDifference,
  ispDifference,
  namesOtherBaseline,
  orderedOption,
  powerDifference,
  priceDifference,
} from './order-match.ts';
import { knowing } from './rule.ts';
import { TEXTS } from './texts.ts';

type Order = Message<'FlexOrder'>;
type Offer = Message<'FlexOffer'>;
type Option = Offer['OfferOption'][number];
type Asking = { readonly knowledge: Pick<Knowledge, 'references'> };

/** How an order must match the option it orders (UFTP FlexOrder: exactly as offered, but for the ActivationFactor). */
export const ORDER_RULES = [
  knowing({
    name: 'offer-ordered-before',
    messages: ['FlexOrder'],
    when: 'the offer was ordered before: an offer can be ordered once',
    text: TEXTS.orderedBefore,
    cites: 'UFTP FlexOrder, prose: an order is refused where the offer was accepted earlier',
    knows: ['references'],
    breaks: async (order, context) => (await offerOf(order, context))?.ordered === true,
  }),
  knowing({
    name: 'option-unknown',
    messages: ['FlexOrder'],
    when: 'it names no option of the offer, or none where the offer has several',
    text: { '3.x': TEXTS.optionUnknown, next: 'Unknown OptionReference reference' },
    cites: 'UFTP FlexOrder, "OptionReference"',
    knows: ['references'],
    breaks: async (order, context) => {
      const offer = await offerOf(order, context);
      return offer !== undefined && orderedOption(order, offer.message) === undefined;
    },
  }),
  knowing({
    name: 'activation-factor-below-minimum',
    messages: ['FlexOrder'],
    when: "the ActivationFactor is below the option's MinActivationFactor",
    text: TEXTS.activationFactor,
    cites: 'UFTP FlexOrder, "ActivationFactor"',
    presumes: ['option-unknown', 'activation-factor-out-of-bounds'],
    knows: ['references'],
    breaks: async (order, context) => {
      const found = await orderedFrom(order, context);
      return found !== undefined && factorDifference(order, found.option);
    },
  }),
  knowing({
    name: 'isp-mismatch',
    messages: ['FlexOrder'],
    when: 'its ISPs are not exactly those of the option; how they are grouped does not matter',
    text: TEXTS.ispMismatch,
    cites: 'UFTP FlexOrder, rejection reasons: "ISP mismatch"',
    presumes: ['isp-duration-rejected', 'time-zone-rejected', 'isps-out-of-bounds', 'isp-conflict'],
    knows: ['references'],
    breaks: async (order, context) => {
      const found = await orderedFrom(order, context);
      const count = countOn(order.Period, order, context);
      return found !== undefined && count !== undefined && ispDifference(order, found.option, count);
    },
  }),
  knowing({
    name: 'power-mismatch',
    messages: ['FlexOrder'],
    when: 'a power is not the offered one times the ActivationFactor: exactly at factor 1, else within what is agreed, or 1 W',
    text: TEXTS.powerMismatch,
    cites: 'UFTP FlexOrder, rejection reasons: "Power mismatch"',
    presumes: [
      'isp-mismatch',
      'isp-duration-rejected',
      'time-zone-rejected',
      'isps-out-of-bounds',
      'isp-conflict',
    ],
    knows: ['references'],
    breaks: async (order, context) => {
      const found = await orderedFrom(order, context);
      const count = countOn(order.Period, order, context);
      if (found === undefined || count === undefined) return false;
      return powerDifference(order, found.option, count, context.market?.rounding);
    },
  }),
  knowing({
    name: 'price-mismatch',
    messages: ['FlexOrder'],
    when: 'the Price is not the asked one times the ActivationFactor (exactly at factor 1, else within what is agreed, or one of the last digit), or the Currency differs',
    text: TEXTS.priceMismatch,
    cites: 'UFTP FlexOrder, rejection reasons: "Price mismatch"',
    knows: ['references'],
    breaks: async (order, context) => {
      const found = await orderedFrom(order, context);
      if (found === undefined) return false;
      return priceDifference(order, found.offer, found.option, context.market?.rounding);
    },
  }),
  knowing({
    name: 'baseline-mismatch',
    messages: ['FlexOrder'],
    when: "it names another baseline than the offer's; one that names none is taken as offered",
    text: TEXTS.baselineMismatch,
    cites: 'UFTP FlexOrder, "D-PrognosisMessageID" and "BaselineReference"',
    knows: ['references'],
    breaks: async (order, context) => {
      const offer = (await offerOf(order, context))?.message;
      return offer !== undefined && namesOtherBaseline(order, offer);
    },
  }),
  knowing({
    name: 'order-reference-repeated',
    messages: ['FlexOrder'],
    when: 'an earlier order of the same DSO has the same OrderReference',
    text: TEXTS.orderReferenceRepeated,
    cites: 'UFTP FlexOrder, "OrderReference": the key by which settlements refer to it',
    knows: ['orders'],
    breaks: async ({ SenderDomain, OrderReference }, { knowledge }) =>
      (await knowledge.orders.referenceIsUsed(SenderDomain, OrderReference)) && OrderReference,
  }),
];

async function offerOf(
  order: Order,
  { knowledge }: Asking,
): Promise<{ message: Offer; ordered?: boolean } | undefined> {
  if (order.FlexOfferMessageID === undefined) return undefined;
  const found = await knowledge.references.find(order.FlexOfferMessageID, order.SenderDomain);
  return found?.message.type === 'FlexOffer' ? { ...found, message: found.message } : undefined;
}

/** The offer and the option of it that the order means, where both are known. */
async function orderedFrom(
  order: Order,
  context: Asking,
): Promise<{ offer: Offer; option: Option } | undefined> {
  const offer = (await offerOf(order, context))?.message;
  const option = offer && orderedOption(order, offer);
  return offer && option && { offer, option };
}
