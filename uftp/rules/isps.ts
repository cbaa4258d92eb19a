import { firstGap, firstOutOfBounds, firstOverlap, ispEnd, lastISP } from '../calendar/index.ts';
import { countOn, gridOf, isAtOrAfter, ispListsOf, WITH_ISPS } from './facts.ts';
import { alone } from './rule.ts';

/** The ISPs a message names, whatever it says about them. Compared as intervals, never written out. */
export const ISP_RULES = [
  alone({
    name: 'isps-out-of-bounds',
    messages: WITH_ISPS,
    when: 'a list of ISPs is empty, or names an ISP outside 1 to the number of ISPs of that day (92, 96 or 100)',
    text: 'ISPs out of bounds',
    cites: 'UFTP, rejection reasons: "ISPs out of bounds"',
    presumes: ['isp-duration-rejected', 'time-zone-rejected'],
    breaks: (message, context) => {
      for (const { Period, groups, at } of ispListsOf(message)) {
        const count = countOn(Period, message, context);
        if (groups.length === 0) return `${at} names no ISP`;
        const outside = count === undefined ? undefined : firstOutOfBounds(groups, count);
        if (outside) {
          const { Start, Duration = 1 } = outside;
          return `${at}: Start ${Start}, Duration ${Duration}; the day has ${count} ISPs`;
        }
      }
      return false;
    },
  }),
  alone({
    name: 'isp-conflict',
    messages: WITH_ISPS,
    when: 'a list names one ISP twice',
    text: 'ISP conflict',
    cites: 'UFTP, rejection reasons: "ISP conflict"',
    breaks: (message) => {
      for (const { groups, at } of ispListsOf(message)) {
        const pair = firstOverlap(groups);
        if (pair) return `${at}: the groups from ISP ${pair[0].Start} and ISP ${pair[1].Start} overlap`;
      }
      return false;
    },
  }),
  alone({
    name: 'lacking-isps',
    messages: ['D-Prognosis'],
    when: 'not every ISP of the Period is covered',
    text: 'Lacking ISPs',
    cites: 'UFTP D-Prognosis, rejection reasons: "Lacking ISPs"',
    presumes: ['isp-duration-rejected', 'time-zone-rejected', 'isps-out-of-bounds'],
    breaks: (message, context) => {
      const count = countOn(message.Period, message, context);
      const gap = count === undefined ? undefined : firstGap(message.ISP, count);
      return gap !== undefined && `ISP ${gap} is missing`;
    },
  }),
  alone({
    name: 'expires-after-isps',
    messages: ['FlexRequest', 'FlexOffer'],
    when: 'the ExpirationDateTime is after the end of the last ISP listed',
    text: 'ExpirationDateTime out of bounds',
    cites: 'UFTP, rejection reasons: "ExpirationDateTime out of bounds": beyond the ISPs of the message',
    presumes: ['isp-duration-rejected', 'time-zone-rejected', 'isps-out-of-bounds'],
    breaks: (message, context) => {
      const grid = gridOf(message, context);
      if (!grid) return false;
      const last = lastISP(ispListsOf(message).flatMap(({ groups }) => groups));
      const end = ispEnd(message.Period, grid.TimeZone, grid.ISPDuration, last);
      return (
        !isAtOrAfter(end, message.ExpirationDateTime) &&
        `${message.ExpirationDateTime}, the last ISP ends ${end}`
      );
    },
  }),
];
