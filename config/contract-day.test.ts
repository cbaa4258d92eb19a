import { describe, expect, it } from 'vitest';
import { coversDay, isAbout, mayCall, releaseDeadline, scheduledPower } from './contract-day.ts';
import { completeTerms, contract, type ContractTerms } from './sections/contracts.ts';

const MARKET = { timeZone: 'Europe/Amsterdam', ispDuration: 'PT15M', currency: 'EUR' };
const terms = (given: object): ContractTerms =>
  completeTerms(
    contract.parse({ id: 'C-1', dso: 'dso.example.com', penaltyPerMWh: '250.00', reserved: [], ...given }),
    MARKET,
  );
const reserving = (...reserved: object[]) => terms({ reserved });
/** `first-last:W` for each run. */
const on = (agreed: ContractTerms, period: string): string =>
  scheduledPower(agreed, period)
    .map(({ Start, Duration, Power }) => `${Start}-${Start + Duration - 1}:${Power}`)
    .join(' ');

describe('what a contract reserves on a day', () => {
  it('is every day the same where ISPs are all it says', () => {
    const plain = reserving({ start: 69, duration: 8, powerW: -4000 });
    for (const day of ['2027-01-15', '2027-03-28', '2027-10-31']) expect(on(plain, day)).toBe('69-76:-4000');
  });

  it('follows local time where clocks change', () => {
    const evening = reserving({ between: '17:00-19:00', powerW: -4000 });
    expect(on(evening, '2027-01-15')).toBe('69-76:-4000');
    expect(on(evening, '2027-03-28')).toBe('65-72:-4000');
    expect(on(evening, '2027-10-31')).toBe('73-80:-4000');
  });

  it('has both of a repeated hour, and nothing of a skipped one', () => {
    const night = reserving({ between: '02:00-03:00', powerW: 500 });
    expect(on(night, '2027-01-15')).toBe('9-12:500');
    expect(on(night, '2027-10-31')).toBe('9-16:500');
    expect(on(night, '2027-03-28')).toBe('');
    const half = reserving({ between: '02:30-03:30', powerW: 500 });
    expect(on(half, '2027-10-31')).toBe('11-12:500 15-18:500');
  });

  it('reaches to the end of the day, whatever its length', () => {
    const late = reserving({ between: '22:00-24:00', powerW: 500 });
    expect(on(late, '2027-01-15')).toBe('89-96:500');
    expect(on(late, '2027-03-28')).toBe('85-92:500');
    expect(on(late, '2027-10-31')).toBe('93-100:500');
  });

  it('leaves out ISPs that lie in the times only in part', () => {
    expect(on(reserving({ between: '17:05-17:50', powerW: -1 }), '2027-01-15')).toBe('70-71:-1');
  });

  it('knows weekdays and seasons, and lets the first window win', () => {
    const winter = { from: '2027-01-01', to: '2027-03-31' };
    const agreed = reserving(
      { from: '2027-01-18', to: '2027-01-18', start: 71, duration: 2, powerW: 0 },
      { ...winter, days: ['mon', 'fri'], start: 69, duration: 8, powerW: -4000 },
      { days: ['sat'], start: 1, powerW: 100 },
    );
    expect(on(agreed, '2027-01-15')).toBe('69-76:-4000');
    expect(on(agreed, '2027-01-16')).toBe('1-1:100');
    expect(on(agreed, '2027-01-17')).toBe('');
    expect(on(agreed, '2027-01-18')).toBe('69-70:-4000 73-76:-4000');
    expect(on(agreed, '2027-04-02')).toBe('');
  });

  it('is nothing outside its validity, and stays within the day', () => {
    const agreed = {
      ...reserving({ start: 90, duration: 96, powerW: -1 }),
      from: '2027-01-15',
      to: '2027-03-28',
    };
    expect(on(agreed, '2027-01-14')).toBe('');
    expect(on(agreed, '2027-01-15')).toBe('90-96:-1');
    expect(on(agreed, '2027-03-28')).toBe('90-92:-1');
    expect(on(agreed, '2027-03-29')).toBe('');
    expect([coversDay(agreed, '2027-03-28'), coversDay(agreed, '2027-03-29')]).toEqual([true, false]);
  });
});

describe('the deadline for releases', () => {
  it.each([
    ['on a common day', 1, '10:00', '2027-01-15', '2027-01-14T09:00:00.000Z'],
    ['on the day clocks go forward', 1, '10:00', '2027-03-29', '2027-03-28T08:00:00.000Z'],
    ['on the day after clocks went back', 1, '10:00', '2027-11-01', '2027-10-31T09:00:00.000Z'],
    ['in the repeated hour: at its first', 0, '02:30', '2027-10-31', '2027-10-31T00:30:00.000Z'],
    ['a week ahead, over the change', 7, '10:00', '2027-03-30', '2027-03-23T09:00:00.000Z'],
  ])('%s', (_, daysBefore, at, day, instant) => {
    expect(releaseDeadline(terms({ releaseDeadline: { daysBefore, at } }), day)).toBe(instant);
  });

  it('is not there where none was agreed', () => {
    expect(releaseDeadline(terms({}), '2027-01-15')).toBeUndefined();
  });
});

describe('who may call on a contract, and where', () => {
  it('is any grid operator anywhere, unless the contract says who and where', () => {
    expect(mayCall(terms({}), 'tso.example.com')).toBe(true);
    expect(isAbout(terms({}), 'ean.1')).toBe(true);
    const narrow = terms({ callers: ['tso.example.com'], congestionPoints: ['ean.871685900012636543'] });
    expect(['tso', 'dso', 'else'].map((name) => mayCall(narrow, `${name}.example.com`))).toEqual([
      true,
      true,
      false,
    ]);
    expect(isAbout(narrow, 'ean.871685900012636543')).toBe(true);
    expect(isAbout(narrow, 'ean.871685900012636550')).toBe(false);
  });
});

it.each([
  ['neither ISPs nor times', { reserved: [{ powerW: 1 }] }],
  ['both', { reserved: [{ powerW: 1, start: 1, between: '01:00-02:00' }] }],
  ['times that pass midnight', { reserved: [{ powerW: 1, between: '22:00-06:00' }] }],
  ['a weekday of its own', { reserved: [{ powerW: 1, start: 1, days: ['monday'] }] }],
  ['days that end before they begin', { from: '2027-01-02', to: '2027-01-01' }],
  ['a price in floating point', { activationPricePerMWh: 12.5 }],
])('terms with %s are refused', (_, given) => {
  expect(() => terms(given)).toThrow();
});
