import type { Message, MessageDraft } from '../messages/index.ts';
import { currencyDecimals } from './currency.ts';
import { ALL, ANSWERS } from './facts.ts';
import { judgeAlone, judgeBy, type Rejection } from './judge.ts';
import { alone, type RuleContext } from './rule.ts';
import type { RuleName } from './table.ts';

/** What an outgoing message is checked against, beyond itself. */
export interface EmissionContext extends Partial<RuleContext> {
  /** The request an offer answers, where it answers one. */
  readonly request?: Message<'FlexRequest'>;
}

const own = 'own rule, stricter than the spec: ';

/**
 * What every peer understands: stricter than what is accepted from others. `text` names the fault for the sender's
 * own log, it is never sent.
 */
export const EMISSION_RULES = [
  alone({
    name: 'instant-not-utc',
    messages: ALL,
    when: 'an instant has no Z behind it, or more than 9 fraction digits',
    text: 'Instant not in UTC',
    cites: 'UFTP, "TimeStamp": with an offset; ' + own + 'always Z, since peers differ on a missing offset',
    breaks: (message) => {
      const instants = [message.TimeStamp, 'ExpirationDateTime' in message ? message.ExpirationDateTime : ''];
      const wrong = instants.find((text) => text !== '' && !/T\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/.test(text));
      return wrong !== undefined && wrong.slice(0, 40);
    },
  }),
  alone({
    name: 'price-decimals',
    messages: ['FlexOffer', 'FlexOrder', 'FlexSettlement'],
    when: "an amount is not written with exactly the currency's decimals",
    text: 'Amount has other decimals than its currency',
    cites: own + 'a peer library compares the scale of prices with that of the currency',
    breaks: (message) => {
      const decimals = currencyDecimals(message.Currency);
      const form = decimals === 0 ? /^-?\d+$/ : new RegExp(`^-?\\d+\\.\\d{${decimals}}$`);
      const wrong = amountsOf(message).find((amount) => amount !== undefined && !form.test(amount));
      return wrong !== undefined && `${wrong} ${message.Currency}`;
    },
  }),
  alone({
    name: 'option-reference-empty',
    messages: ['FlexOffer'],
    when: 'an option has no OptionReference',
    text: 'OptionReference missing',
    cites: 'UFTP FlexOffer, schema: OptionReference is required, also where there is one option only',
    breaks: ({ OfferOption }) => OfferOption.some(({ OptionReference }) => !OptionReference?.trim()),
  }),
  alone({
    name: 'unsolicited-mark-not-understood',
    messages: ['FlexOffer', 'FlexOrder'],
    when: 'Unsolicited is given to a peer of 3.0.0, or as anything but true',
    text: 'Unsolicited mark not understood',
    cites: 'UFTP 3.1.0 added "Unsolicited" without a default; ' + own + 'written only where it is true',
    breaks: ({ Unsolicited, Version }) =>
      Unsolicited !== undefined && (Unsolicited !== true || Version === '3.0.0'),
  }),
  alone({
    name: 'baseline-not-one',
    messages: ['FlexOffer'],
    when: 'it does not name exactly one baseline, a D-Prognosis or another',
    text: 'Not exactly one baseline',
    cites:
      'UFTP FlexOffer, "D-PrognosisMessageID" and "BaselineReference": which one is agreed in the market',
    breaks: (offer) => (offer.DPrognosisMessageID === undefined) === (offer.BaselineReference === undefined),
  }),
  alone({
    name: 'reason-without-rejection',
    messages: [...ANSWERS, 'FlexSettlement'],
    when: 'it gives a RejectionReason without being Rejected, or none although it is',
    text: 'RejectionReason does not fit Result',
    cites: 'UFTP, "RejectionReason": mandatory where the Result is Rejected, absent otherwise',
    breaks: ({ Result, RejectionReason }) =>
      Result === 'Rejected' ? !RejectionReason?.trim() : RejectionReason !== undefined,
  }),
  alone({
    name: 'day-with-offset',
    messages: ALL,
    when: 'a day is written with anything behind it',
    text: 'Day with an offset',
    cites:
      'UFTP, "Period": a day of the market; the schema would also take an offset, whose meaning is undefined',
    breaks: (message) => {
      const days = ['Period', 'PeriodStart', 'PeriodEnd'].map(
        (key) => (message as unknown as Record<string, unknown>)[key],
      );
      return days.some((day) => typeof day === 'string' && !/^\d{4}-\d{2}-\d{2}$/.test(day));
    },
  }),
];

export type EmissionRuleName =
  (typeof EMISSION_RULES)[number]['name'] | (typeof ANSWERING_RULES)[number]['name'];

/** How an offer follows the request it answers. */
const answeringRules = (request: Message<'FlexRequest'> | undefined) => [
  alone({
    name: 'segmentation-changed',
    messages: ['FlexOffer'],
    when: 'no option repeats a Requested ISP group of the request with the same Start and Duration',
    text: 'ISP groups differ from the request',
    cites: own + 'a peer library compares Start and Duration of groups literally',
    breaks: ({ OfferOption }) => {
      const requested = request?.ISP.filter(({ Disposition }) => Disposition === 'Requested');
      return (
        requested !== undefined &&
        !OfferOption.some(({ ISP }) =>
          ISP.some(({ Start, Duration = 1 }) =>
            requested.some((asked) => asked.Start === Start && asked.Duration === Duration),
          ),
        )
      );
    },
  }),
  alone({
    name: 'conversation-not-continued',
    messages: ['FlexOffer'],
    when: 'it has another ConversationID than the request it answers',
    text: 'ConversationID differs from the request',
    cites: 'UFTP, "ConversationID"; ' + own + 'a peer library looks references up within one conversation',
    breaks: ({ ConversationID }) =>
      request !== undefined && ConversationID.toLowerCase() !== request.ConversationID.toLowerCase(),
  }),
];

/** The rules on how an offer follows its request, for the generated reference. */
export const ANSWERING_RULES = answeringRules(undefined);

/**
 * Everything wrong with a message that is about to be sent: the emission profile, then every rule on the message
 * alone that its recipient would judge. An empty list means that no peer has a reason to refuse its form.
 *
 * @param context the instant of sending is the draft's own TimeStamp unless `now` is given
 */
export function checkOutgoing(
  draft: MessageDraft,
  context: EmissionContext = {},
): Rejection<RuleName | EmissionRuleName>[] {
  // Rules on the message alone cope with attributes that have a default and are left out.
  const message = draft as Message;
  const at = { ...context, now: context.now ?? draft.TimeStamp };
  const profile = judgeBy<EmissionRuleName>(
    [...EMISSION_RULES, ...answeringRules(context.request)],
    message,
    at,
  );
  // Instants and days that cannot be read cannot be compared either.
  const unreadable = profile.some(({ rule }) => rule === 'instant-not-utc' || rule === 'day-with-offset');
  return unreadable ? profile : [...profile, ...judgeAlone(message, at)];
}

function amountsOf(message: Message<'FlexOffer' | 'FlexOrder' | 'FlexSettlement'>): (string | undefined)[] {
  switch (message.type) {
    case 'FlexOffer':
      return message.OfferOption.map(({ Price }) => Price);
    case 'FlexOrder':
      return [message.Price];
    case 'FlexSettlement':
      return message.FlexOrderSettlement.flatMap(({ Price, Penalty, NetSettlement }) => [
        Price,
        Penalty,
        NetSettlement,
      ]);
  }
}
