/**
 * The calendar of a market: local days, their ISPs, and the instants of both. Pure: no clock, no Node built-ins,
 * so that workflows may use it.
 */
export {
  addDays,
  isKnownTimeZone,
  periodEnd,
  periodOf,
  periodStart,
  sameOffset,
  utcOffsetMinutes,
} from './day.ts';
export { firstGap, firstOutOfBounds, firstOverlap, type ISPGroup, ispsOf, lastISP } from './groups.ts';
export { ispAt, ispCount, ispEnd, ispStart } from './isp.ts';
export { ispMinutes, ispMinutesIfAny } from './isp-duration.ts';
export { localInstant } from './local-time.ts';
