import { isKnownTimeZone, ispMinutesIfAny, sameOffset } from '../calendar/index.ts';
import { FLEX, isAtOrAfter, today } from './facts.ts';
import { alone } from './rule.ts';

const WITH_ISP_DURATION = [...FLEX, 'Metering'] as const;
const WITH_TIME_ZONE = [
  ...WITH_ISP_DURATION,
  'AGRPortfolioUpdate',
  'AGRPortfolioQuery',
  'AGRPortfolioQueryResponse',
  'DSOPortfolioUpdate',
  'DSOPortfolioQuery',
  'DSOPortfolioQueryResponse',
] as const;

/** Days, zones and deadlines. */
export const TIME_RULES = [
  alone({
    name: 'isp-duration-rejected',
    messages: WITH_ISP_DURATION,
    when: "the ISP-Duration is not the market's, or no whole number of minutes; equal lengths are equal (PT1H, PT60M)",
    text: 'ISP duration rejected',
    cites: 'UFTP, rejection reasons: "ISP duration rejected"',
    breaks: ({ ISPDuration }, { market }) => {
      const minutes = ispMinutesIfAny(ISPDuration);
      if (minutes === undefined) return `${ISPDuration.slice(0, 40)} is not a whole number of minutes`;
      return (
        market !== undefined &&
        minutes !== ispMinutesIfAny(market.ISPDuration) &&
        `${ISPDuration}, where the market has ${market.ISPDuration}`
      );
    },
  }),
  alone({
    name: 'time-zone-rejected',
    messages: WITH_TIME_ZONE,
    when: "the TimeZone has another UTC offset than the market's on that day, or is unknown; the name may differ",
    text: { '3.x': 'Time zone rejected', next: 'TimeZone rejected' },
    cites: 'UFTP, rejection reasons: "Time zone rejected"',
    breaks: (message, context) => {
      const { TimeZone } = message;
      if (!isKnownTimeZone(TimeZone)) return `there is no time zone ${TimeZone.slice(0, 64)}`;
      const day = 'Period' in message ? message.Period : today(message, context);
      const { market } = context;
      return (
        market !== undefined &&
        day !== undefined &&
        !sameOffset(TimeZone, market.TimeZone, day) &&
        `${TimeZone} is not ${market.TimeZone} on ${day}`
      );
    },
  }),
  alone({
    name: 'period-past',
    messages: FLEX,
    when: "the Period is over: it lies before the day of receipt in the market's zone",
    text: 'Period out of bounds',
    cites: 'UFTP, rejection reasons: "Period out of bounds", for instance a FlexRequest for a past day',
    presumes: ['time-zone-rejected'],
    breaks: (message, context) => {
      const now = today(message, context);
      return now !== undefined && message.Period < now && `${message.Period} is before ${now}`;
    },
  }),
  alone({
    name: 'period-not-begun',
    messages: ['Metering'],
    when: 'it measures a day that has not begun',
    text: 'Period out of bounds',
    cites: 'UFTP, rejection reasons: "Period out of bounds"',
    presumes: ['time-zone-rejected'],
    breaks: (message, context) => {
      const now = today(message, context);
      return now !== undefined && message.Period > now && `${message.Period} is after ${now}`;
    },
  }),
  alone({
    name: 'expired-on-receipt',
    messages: ['FlexRequest', 'FlexOffer'],
    when: 'the ExpirationDateTime is not after the receipt',
    text: 'ExpirationDateTime out of bounds',
    cites: 'UFTP, rejection reasons: "ExpirationDateTime out of bounds": in the past',
    breaks: ({ ExpirationDateTime }, { now }) =>
      isAtOrAfter(now, ExpirationDateTime) && `${ExpirationDateTime}, received ${now}`,
  }),
];
