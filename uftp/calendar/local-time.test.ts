import { expect, it } from 'vitest';
import { localInstant } from './index.ts';

const ZONE = 'Europe/Amsterdam';

it.each([
  ['on a common day', '2027-01-15', '17:30', 'first', '2027-01-15T16:30:00.000Z'],
  ['at the end of the day', '2027-01-15', '24:00', 'first', '2027-01-15T23:00:00.000Z'],
  ['skipped in spring', '2027-03-28', '02:30', 'first', '2027-03-28T01:30:00.000Z'],
  ['skipped in spring', '2027-03-28', '02:30', 'last', '2027-03-28T01:30:00.000Z'],
  ['after the change in spring', '2027-03-28', '10:00', 'first', '2027-03-28T08:00:00.000Z'],
  ['shown twice in autumn', '2027-10-31', '02:30', 'first', '2027-10-31T00:30:00.000Z'],
  ['shown twice in autumn', '2027-10-31', '02:30', 'last', '2027-10-31T01:30:00.000Z'],
] as const)('a local time %s (%s %s, the %s)', (_, day, time, which, instant) => {
  expect(localInstant(day, time, ZONE, which)).toBe(instant);
});

it('knows neither days nor zones that are not there', () => {
  expect(() => localInstant('2027-02-30', '10:00', ZONE)).toThrow('not a calendar day');
  expect(() => localInstant('2027-02-03', '10:00', 'Mars/Olympus')).toThrow('no time zone');
});
