import type { RequestedBand } from './power.ts';
import { describe, expect, it } from 'vitest';
import type { OfferProposal } from './flex-request/facts.ts';
import { bandsFrom, proposalProblems, type ProposalTerms } from './proposal.ts';

const bands: RequestedBand[] = [
  { Disposition: 'Available', MinPower: -9000, MaxPower: 9000, Start: 40, Duration: 8 },
  { Disposition: 'Requested', MinPower: -6000, MaxPower: -4000, Start: 48, Duration: 4 },
];
const terms: ProposalTerms = {
  ...{ bands, obligations: new Map(), ispCount: 96, firstISP: 1, currency: 'EUR' },
  ...{ mutexOffersSupported: false, now: '2026-06-14T08:00:00.000Z' },
};
const option = (changes: Partial<OfferProposal['options'][number]> = {}) => ({
  Price: '42.00',
  ISP: [{ Power: -5000, Start: 48, Duration: 4 }],
  ...changes,
});
const problems = (proposal: Partial<OfferProposal>, changes: Partial<ProposalTerms> = {}) =>
  proposalProblems({ options: [option()], ...proposal }, { ...terms, ...changes });
const ISP = (Power: number, Start = 48, Duration = 1) => ({
  options: [option({ ISP: [{ Power, Start, Duration }] })],
});

describe('a proposed offer', () => {
  it('is right inside the band', () => {
    expect(problems({})).toEqual([]);
    expect(problems({ ExpirationDateTime: '2026-06-14T10:00:00+02:00' })).not.toEqual([]);
    expect(problems({ ExpirationDateTime: '2026-06-14T10:00:01+02:00' })).toEqual([]);
    expect(problems({ options: [option(), option()] }, { mutexOffersSupported: true })).toEqual([]);
  });

  it.each<[string, Partial<OfferProposal>, Partial<ProposalTerms>, string]>([
    ['no option', { options: [] }, {}, 'there is no option'],
    ['several options', { options: [option(), option()] }, {}, 'several options'],
    ['no instant', { ExpirationDateTime: 'soon' }, {}, 'not an instant'],
    ['no ISP', { options: [option({ ISP: [] })] }, {}, 'there is no ISP'],
    ['no price', { options: [option({ Price: 'much' })] }, {}, 'not a decimal'],
    ['cents of cents', { options: [option({ Price: '1.005' })] }, {}, 'more decimals than EUR'],
    ['a factor of 2', { options: [option({ MinActivationFactor: '2' })] }, {}, 'not a factor'],
    ['half a watt', ISP(-4000.5), {}, 'not whole'],
    ['beyond the band', ISP(-6001), {}, '-6001 W is beyond the band'],
    ['the other direction', ISP(1), {}, 'beyond the band'],
    ['nothing', ISP(0), {}, 'beyond the band'],
    ['between groups', ISP(-1, 47, 2), {}, 'not within one group'],
    ['what is only available', ISP(-1, 47), {}, 'none of its ISPs is Requested'],
    ['another day', ISP(-1, 97), {}, 'not one of the day'],
    [
      'an ISP twice',
      { options: [option({ ISP: [ISP(-1), ISP(-2)].map(({ options }) => options[0]!.ISP[0]!) })] },
      {},
      'named twice',
    ],
    ['a closed gate', ISP(-1), { firstISP: 50 }, 'ISP 48: its gate is closed, the first open ISP is 50'],
    [
      'less than obliged',
      {},
      { obligations: new Map([[50, -5001]]) },
      'ISP 50: -5000 W is less than the -5001 W',
    ],
    [
      'not what is obliged',
      ISP(-5000),
      { obligations: new Map([[49, -1]]) },
      'ISP 49: 0 W is less than the -1 W',
    ],
    ['nothing, where nobody asked', ISP(0), { bands: undefined }, '0 W is no offer'],
  ])('of %s is refused', (_, proposal, changes, problem) => {
    expect(problems(proposal, changes)).toContainEqual(expect.stringContaining(problem));
  });

  it('may be anything that the day has, where nobody asked', () => {
    expect(problems(ISP(123, 3), { bands: undefined })).toEqual([]);
  });
});

describe('what may still be offered', () => {
  it('begins with the first open gate', () => {
    expect(bandsFrom(bands, 50)).toEqual([{ ...bands[1], Start: 50, Duration: 2 }]);
    expect(bandsFrom(bands, 52)).toEqual([]);
    expect(bandsFrom(bands, 1)).toEqual(bands);
  });
});
