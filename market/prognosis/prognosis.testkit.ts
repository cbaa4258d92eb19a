import { Temporal } from 'temporal-polyfill';
import type { PrognosisTerms } from './state.ts';

/** A local time so many days after a day, as an instant. */
export function day(period: string, days: number, time: string): string {
  const zoned = Temporal.PlainDate.from(period)
    .add({ days })
    .toZonedDateTime({ timeZone: 'Europe/Amsterdam', plainTime: time });
  return new Date(zoned.epochMilliseconds).toISOString();
}

/** When day-ahead trading closes. */
export const NOON_BEFORE = (period: string): string => day(period, -1, '12:00');

export const terms = (Period: string, given: object = {}): PrognosisTerms => ({
  dso: 'dso.example.com',
  version: '3.1.0',
  conversationId: 'c',
  CongestionPoint: 'ean.100000000000000001',
  Period,
  TimeZone: 'Europe/Amsterdam',
  ISPDuration: 'PT15M',
  gates: { dayAhead: '12:00', intraday: 'PT1H' },
  warnBefore: 'PT1H',
  replyWithin: 'PT2H',
  ...given,
});
