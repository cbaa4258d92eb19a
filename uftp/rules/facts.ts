import { isKnownTimeZone, ispCount, type ISPGroup, ispMinutesIfAny, periodOf } from '../calendar/index.ts';
import { definitionOf, type Message, MESSAGES, type MessageType } from '../messages/index.ts';
import type { RuleContext } from './rule.ts';

/** Every message type. */
export const ALL = Object.keys(MESSAGES) as MessageType[];

/** Messages about the ISPs of one day at one congestion point. */
export const FLEX = [
  'FlexReservationUpdate',
  'D-Prognosis',
  'FlexRequest',
  'FlexOffer',
  'FlexOrder',
] as const;

/** Messages that name ISPs. */
export const WITH_ISPS = [...FLEX, 'Metering', 'FlexSettlement'] as const;

export type WithISPs = Message<(typeof WITH_ISPS)[number]>;

type Answering = Extract<Message, { readonly Result: unknown }>['type'];

/** Messages that answer another one and name it. */
export const ANSWERS = ALL.filter((type) => definitionOf(type).answers !== undefined) as Exclude<
  Extract<Answering, `${string}Response`>,
  'TestMessageResponse'
>[];

/** A list of ISP groups whose ISPs all belong to one day; within one list no ISP may be named twice. */
export interface ISPList {
  readonly Period: string;
  readonly groups: readonly ISPGroup[];
  /** Where in the message it stands, for people. */
  readonly at: string;
}

/** Every list of ISPs in a message. */
export function ispListsOf(message: WithISPs): ISPList[] {
  switch (message.type) {
    case 'FlexOffer':
      return message.OfferOption.map(({ OptionReference, ISP }) => ({
        Period: message.Period,
        groups: ISP,
        at: `option ${OptionReference}`,
      }));
    case 'Metering':
      return message.Profile.map(({ ProfileType, ISP }) => ({
        Period: message.Period,
        groups: ISP,
        at: `profile ${ProfileType}`,
      }));
    case 'FlexSettlement':
      return [
        ...message.FlexOrderSettlement.map(({ OrderReference, Period, ISP }) => ({
          Period,
          groups: ISP,
          at: `order ${OrderReference ?? 'without reference'} of ${Period}`,
        })),
        ...message.ContractSettlement.flatMap(({ ContractID, Period }) =>
          Period.map((day) => ({
            Period: day.Period,
            groups: day.ISP,
            at: `contract ${ContractID ?? 'without ContractID'} on ${day.Period}`,
          })),
        ),
      ];
    default:
      return [{ Period: message.Period, groups: message.ISP, at: message.type }];
  }
}

/** How a message's ISPs lie in time. */
export interface Grid {
  readonly TimeZone: string;
  readonly ISPDuration: string;
}

/** The grid a message states, or the market's where it states none; undefined where neither makes sense. */
export function gridOf(message: Message, { market }: RuleContext): Grid | undefined {
  const TimeZone = 'TimeZone' in message ? message.TimeZone : market?.TimeZone;
  const ISPDuration = 'ISPDuration' in message ? message.ISPDuration : market?.ISPDuration;
  if (TimeZone === undefined || !isKnownTimeZone(TimeZone)) return undefined;
  if (ISPDuration === undefined || ispMinutesIfAny(ISPDuration) === undefined) return undefined;
  return { TimeZone, ISPDuration };
}

/** How many ISPs a day has in the message's grid; undefined where it has no grid. */
export function countOn(period: string, message: Message, context: RuleContext): number | undefined {
  const grid = gridOf(message, context);
  return grid && ispCount(period, grid.TimeZone, grid.ISPDuration);
}

/** The local day of receipt, in the market's zone or else the message's; undefined where neither is known. */
export function today(message: Message, context: RuleContext): string | undefined {
  const zone = context.market?.TimeZone ?? ('TimeZone' in message ? message.TimeZone : undefined);
  return zone !== undefined && isKnownTimeZone(zone) ? periodOf(context.now, zone) : undefined;
}

/** The DSO of a message: its sender or its recipient. */
export function dsoOf(message: Message): string {
  return definitionOf(message.type).route.from === 'DSO' ? message.SenderDomain : message.RecipientDomain;
}

/** Whether one instant is at or after another. */
export function isAtOrAfter(instant: string, other: string): boolean {
  return Date.parse(instant) >= Date.parse(other);
}
