import {
  firstOutOfBounds,
  firstOverlap,
  isKnownTimeZone,
  ispCount,
  ispEnd,
  ispMinutesIfAny,
  ispsOf,
  lastISP,
  type Message,
  sameOffset,
} from '../uftp/index.ts';
import type { Market } from './market.ts';

type FlexOffer = Message<'FlexOffer'>;
type FlexRequest = Message<'FlexRequest'>;

/** What a DSO holds an offer against. */
export interface OfferContext {
  readonly request: FlexRequest | undefined;
  /** The present instant (UTC). */
  readonly now: string;
  readonly mutexOffersSupported: boolean;
  readonly market: Market;
}

/** Why a DSO rejects a FlexOffer (UFTP, "FlexOffer", rejection reasons); empty where it does not. */
export function rejectionsOf(offer: FlexOffer, context: OfferContext): string[] {
  const { request, now, market } = context;
  const calendar = calendarRejections(offer, market);
  // Without the market's calendar no ISP number means anything.
  if (calendar.length > 0) return calendar;
  const count = ispCount(offer.Period, offer.TimeZone, offer.ISPDuration);
  const options = offer.OfferOption;
  const isSolicited = offer.FlexRequestMessageID !== undefined;
  return [
    ...unless(options.length === 1 || context.mutexOffersSupported, 'No MutEx offer support'),
    ...unless(
      new Set(options.map((option) => option.OptionReference)).size === options.length,
      'Invalid Message',
    ),
    ...unless(
      offer.ExpirationDateTime > now && offer.ExpirationDateTime <= endOf(offer, count),
      'ExpirationDateTime out of bounds',
    ),
    ...unless(
      options.every(({ ISP }) => firstOutOfBounds(ISP, count) === undefined),
      'ISPs out of bounds',
    ),
    ...unless(
      options.every(({ ISP }) => firstOverlap(ISP) === undefined),
      'ISP conflict',
    ),
    ...unless(
      (offer.BaselineReference === undefined) !== (offer.DPrognosisMessageID === undefined),
      'No baseline',
    ),
    ...unless(!isSolicited || request !== undefined, 'Unknown reference FlexRequestMessageID'),
    ...(request ? rejectionsAgainst(offer, request, now, count) : []),
  ];
}

/** When the last ISP that any option names is over; of those that the day has. */
function endOf({ Period, TimeZone, ISPDuration, OfferOption }: FlexOffer, count: number): string {
  const last = Math.max(...OfferOption.map(({ ISP }) => lastISP(ISP)));
  return ispEnd(Period, TimeZone, ISPDuration, Math.min(last, count));
}

function calendarRejections(offer: FlexOffer, { ispDuration, timeZone }: Market): string[] {
  return [
    ...unless(ispMinutesIfAny(offer.ISPDuration) === ispMinutesIfAny(ispDuration), 'ISP duration rejected'),
    ...unless(
      isKnownTimeZone(offer.TimeZone) && sameOffset(offer.TimeZone, timeZone, offer.Period),
      'Time zone rejected',
    ),
  ];
}

function rejectionsAgainst(offer: FlexOffer, request: FlexRequest, now: string, count: number): string[] {
  const band = new Map([...ispsOf(request.ISP, count)].map(({ ISP, group }) => [ISP, group]));
  const options = offer.OfferOption.map(({ ISP }) => [...ispsOf(ISP, count)]);
  return [
    ...unless(offer.Period === request.Period, 'Reference Period mismatch'),
    ...unless(offer.CongestionPoint === request.CongestionPoint, 'Invalid congestion point'),
    ...unless(offer.ContractID === request.ContractID, 'Unknown reference ContractID'),
    ...unless(request.ExpirationDateTime > now, 'Reference message expired'),
    ...unless(
      options.every((isps) => isps.some(({ ISP }) => band.get(ISP)?.Disposition === 'Requested')),
      'Request mismatch',
    ),
    ...unless(
      options.every((isps) =>
        isps.every(({ ISP, group: { Power } }) => {
          const asked = band.get(ISP);
          return asked !== undefined && Power >= asked.MinPower && Power <= asked.MaxPower;
        }),
      ),
      'Power value rejection',
    ),
  ];
}

const unless = (holds: boolean, reason: string): string[] => (holds ? [] : [reason]);
