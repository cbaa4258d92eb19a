import Big from 'big.js';
import { ispsOf } from '../calendar/index.ts';
import type { Message } from '../messages/index.ts';
import { countOn } from './facts.ts';
import type { Knowledge } from './knowledge.ts';
import { knowing } from './rule.ts';

type Order = Message<'FlexOrder'>;
type Offer = Message<'FlexOffer'>;
type Option = Offer['OfferOption'][number];
type Asking = { readonly knowledge: Pick<Knowledge, 'references'> };

/** The spec does not say how scaled values are rounded, so a partial order may differ by the last digit. */
const ROUNDING = { watts: 1, money: '0.01' } as const;

/** How an order must match the option it orders (UFTP FlexOrder: exactly as offered, but for the ActivationFactor). */
export const ORDER_RULES = [
  knowing({
    name: 'offer-ordered-before',
    messages: ['FlexOrder'],
    when: 'the offer was ordered before: an offer can be ordered once',
    text: 'FlexOffer already ordered',
    cites: 'UFTP FlexOrder, prose: an order is refused where the offer was accepted earlier',
    knows: ['references'],
    breaks: async (order, context) => (await offerOf(order, context))?.ordered === true,
  }),
  knowing({
    name: 'option-unknown',
    messages: ['FlexOrder'],
    when: 'it names no option of the offer, or none where the offer has several',
    text: { '3.x': 'Unknown reference OptionReference', next: 'Unknown OptionReference reference' },
    cites: 'UFTP FlexOrder, "OptionReference"',
    knows: ['references'],
    breaks: async (order, context) => {
      const offer = await offerOf(order, context);
      return offer !== undefined && optionOf(order, offer.message) === undefined;
    },
  }),
  knowing({
    name: 'activation-factor-below-minimum',
    messages: ['FlexOrder'],
    when: "the ActivationFactor is below the option's MinActivationFactor",
    text: 'Activation factor out of bounds',
    cites: 'UFTP FlexOrder, "ActivationFactor"',
    presumes: ['option-unknown', 'activation-factor-out-of-bounds'],
    knows: ['references'],
    breaks: async (order, context) => {
      const option = await orderedOption(order, context);
      return (
        option !== undefined &&
        new Big(order.ActivationFactor).lt(option.MinActivationFactor) &&
        `${order.ActivationFactor} is below ${option.MinActivationFactor}`
      );
    },
  }),
  knowing({
    name: 'isp-mismatch',
    messages: ['FlexOrder'],
    when: 'its ISPs are not exactly those of the option; how they are grouped does not matter',
    text: 'ISP mismatch',
    cites: 'UFTP FlexOrder, rejection reasons: "ISP mismatch"',
    presumes: ['isp-duration-rejected', 'time-zone-rejected', 'isps-out-of-bounds', 'isp-conflict'],
    knows: ['references'],
    breaks: async (order, context) => {
      const option = await orderedOption(order, context);
      const count = countOn(order.Period, order, context);
      if (!option || count === undefined) return false;
      const [offered, ordered] = [powers(option, count), powers(order, count)];
      const stray = [...ordered.keys()].find((n) => !offered.has(n));
      const missing = [...offered.keys()].find((n) => !ordered.has(n));
      if (stray !== undefined) return `ISP ${stray} was not offered`;
      return missing !== undefined && `ISP ${missing} was offered and is not ordered`;
    },
  }),
  knowing({
    name: 'power-mismatch',
    messages: ['FlexOrder'],
    when: 'a power is not the offered one times the ActivationFactor (exactly at factor 1, else within 1 W)',
    text: 'Power mismatch',
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
      const option = await orderedOption(order, context);
      const count = countOn(order.Period, order, context);
      if (!option || count === undefined) return false;
      const offered = powers(option, count);
      for (const [n, power] of powers(order, count)) {
        const due = new Big(offered.get(n) ?? 0).times(order.ActivationFactor);
        if (
          due
            .minus(power)
            .abs()
            .gt(isWhole(order) ? 0 : ROUNDING.watts)
        ) {
          return `ISP ${n}: ${power} W, due is ${due.toFixed()} W`;
        }
      }
      return false;
    },
  }),
  knowing({
    name: 'price-mismatch',
    messages: ['FlexOrder'],
    when: 'the Price is not the asked one times the ActivationFactor (exactly at factor 1, else within 0.01), or the Currency differs',
    text: 'Price mismatch',
    cites: 'UFTP FlexOrder, rejection reasons: "Price mismatch"',
    knows: ['references'],
    breaks: async (order, context) => {
      const offer = await offerOf(order, context);
      const option = await orderedOption(order, context);
      if (!offer || !option) return false;
      if (order.Currency !== offer.message.Currency)
        return `${order.Currency}, not ${offer.message.Currency}`;
      const due = new Big(option.Price).times(order.ActivationFactor);
      return (
        due
          .minus(order.Price)
          .abs()
          .gt(isWhole(order) ? 0 : ROUNDING.money) &&
        `${order.Price}, due is ${due.toFixed()} ${order.Currency}`
      );
    },
  }),
  knowing({
    name: 'baseline-mismatch',
    messages: ['FlexOrder'],
    when: "it names another baseline than the offer's; one that names none is taken as offered",
    text: 'Baseline mismatch',
    cites: 'UFTP FlexOrder, "D-PrognosisMessageID" and "BaselineReference"',
    knows: ['references'],
    breaks: async (order, context) => {
      const offer = (await offerOf(order, context))?.message;
      if (!offer) return false;
      const prognosis = order.DPrognosisMessageID?.toLowerCase();
      return (
        (prognosis !== undefined && prognosis !== offer.DPrognosisMessageID?.toLowerCase()) ||
        (order.BaselineReference !== undefined && order.BaselineReference !== (offer.BaselineReference ?? ''))
      );
    },
  }),
  knowing({
    name: 'order-reference-repeated',
    messages: ['FlexOrder'],
    when: 'an earlier order of the same DSO has the same OrderReference',
    text: 'OrderReference not unique',
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

/** The option ordered: the one named, or the only one. */
function optionOf(order: Order, offer: Offer): Option | undefined {
  const { OfferOption: options } = offer;
  if (order.OptionReference === undefined) return options.length === 1 ? options[0] : undefined;
  return options.find(({ OptionReference }) => OptionReference === order.OptionReference);
}

async function orderedOption(order: Order, context: Asking): Promise<Option | undefined> {
  const offer = await offerOf(order, context);
  return offer && optionOf(order, offer.message);
}

const isWhole = (order: Order): boolean => new Big(order.ActivationFactor).eq(1);

/** Power in W by ISP number. */
function powers({ ISP }: Pick<Order, 'ISP'>, count: number): Map<number, number> {
  return new Map([...ispsOf(ISP, count)].map((isp) => [isp.ISP, isp.group.Power]));
}
