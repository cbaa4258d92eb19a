import { expect, it } from 'vitest';
import { completeTerms, type ContractBook } from '../../config/index.ts';
import { contract } from '../../config/sections/contracts.ts';
import type { ActiveCongestionPoint } from '../../store/index.ts';
import { sampleOf } from '../../uftp/samples/index.ts';
import type { Message } from '../../uftp/index.ts';
import { contractKnowledge, pointKnowledge } from './contracts.ts';

const POINT = 'ean.871685900012636543';
const DAY = '2027-01-15';
const MARKET = { timeZone: 'Europe/Amsterdam', ispDuration: 'PT15M', currency: 'EUR' };
const written = {
  ...{ id: 'C-1', dso: 'dso.example.com', congestionPoints: [POINT], penaltyPerMWh: '0' },
  reserved: [{ between: '17:00-19:00', powerW: -4000 }],
  releaseDeadline: { at: '10:00' },
};
const bookWith = (given: object): ContractBook => {
  const terms = completeTerms(contract.parse({ ...written, ...given }), MARKET);
  const of = (id: string) => (id === 'C-1' ? terms : undefined);
  return {
    opened: async () => undefined,
    onDay: async (id) => of(id),
    allOnDay: async () => [terms],
    history: async (id) => [of(id)].filter((each) => each !== undefined),
  };
};
/** The congestion point is the contract's own DSO's, and nobody else's. */
const portfolio = {
  activeCongestionPoint: async (dso: string, congestionPoint: string) =>
    dso === 'dso.example.com' && congestionPoint === POINT
      ? ({ mutexOffersSupported: true } as ActiveCongestionPoint)
      : undefined,
};
const request = (ContractID: string | undefined) => (): Message =>
  ({ ...sampleOf('FlexRequest', '3.1.0'), ContractID }) as Message;

it.each([
  ['its own DSO, without a contract', 'dso.example.com', undefined, {}, true],
  ['another grid operator, under the contract', 'tso.example.com', 'C-1', {}, true],
  ['another grid operator, under no contract', 'tso.example.com', undefined, {}, false],
  ['another grid operator, under one that is not known', 'tso.example.com', 'C-2', {}, false],
  [
    'another grid operator, under one it may not call on',
    'tso.example.com',
    'C-1',
    { callers: ['else.example.com'] },
    false,
  ],
  [
    'another grid operator, under one about other points',
    'tso.example.com',
    'C-1',
    { congestionPoints: ['ean.871685900012636550'] },
    false,
  ],
] as [string, string, string | undefined, object, boolean][])(
  'a congestion point is known to %s: %#',
  async (_, dso, contractId, given, known) => {
    const points = pointKnowledge(request(contractId), bookWith(given), portfolio);
    expect(await points.at(dso, POINT, DAY)).toEqual(known ? { MutexOffersSupported: true } : undefined);
  },
);

it('a contract is known to whom it may be called by, with its deadline and what the day reserves', async () => {
  const open = contractKnowledge(bookWith({}));
  expect(await open.isKnown('C-1', 'tso.example.com')).toBe(true);
  expect(await open.isKnown('C-2', 'dso.example.com')).toBe(false);
  const closed = contractKnowledge(bookWith({ callers: ['else.example.com'] }));
  expect(await closed.isKnown('C-1', 'tso.example.com')).toBe(false);
  expect(await closed.isKnown('C-1', 'dso.example.com')).toBe(true);
  expect(await open.reservation('C-1', POINT, DAY)).toEqual({
    deadline: '2027-01-14T09:00:00.000Z',
    ISP: [{ Start: 69, Duration: 8, Power: -4000 }],
  });
  expect(await open.reservation('C-1', 'ean.871685900012636550', DAY)).toBeUndefined();
});

it.each(['0000-01-01', '0001-01-01', '9999-12-31'])('a day as odd as %s breaks nothing', async (day) => {
  await expect(contractKnowledge(bookWith({})).reservation('C-1', POINT, day)).resolves.not.toThrow();
});
