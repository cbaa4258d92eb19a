import { describe, expect, it } from 'vitest';
import { type ContractFacts, contractDifferences, omittedISPs, settleContract } from './index.ts';

const group = (Start: number, Power: number, Duration = 1) => ({ Start, Power, Duration });
const asked = (Start: number, MinPower: number, MaxPower: number, Disposition = 'Requested') => ({
  Start,
  Duration: 1,
  MinPower,
  MaxPower,
  Disposition,
});

// UFTP, bilateral contracts, the worked example: reserved −2 −4 −2 0 0, requested −4 −4 nothing, the rest available.
const facts: ContractFacts = {
  reserved: [group(12, -2), group(13, -4), group(14, -2), group(15, 0), group(16, 0)],
  requests: [
    [
      asked(12, -6, -4),
      asked(13, -6, -4),
      asked(14, -6, 2, 'Available'),
      asked(15, -6, 2, 'Available'),
      asked(16, -6, 2, 'Available'),
    ],
  ],
  offers: [
    [group(12, -2), group(13, -3)],
    [group(12, -1), group(13, -4)],
  ],
  orders: [[group(12, -1)], [group(12, -1), group(13, -4)]],
};

describe('a contract settled', () => {
  it('is what was reserved, asked up to that, offered at best, and ordered in sum', () => {
    expect(settleContract([12, 13, 14, 15], facts)).toEqual([
      { isp: 12, reserved: -2, requested: -2, available: -6, offered: -2, ordered: -2 },
      { isp: 13, reserved: -4, requested: -4, available: -6, offered: -4, ordered: -4 },
      { isp: 14, reserved: -2, available: -6 },
      { isp: 15, reserved: 0, available: -6 },
    ]);
  });

  it('counts nothing that was asked the other way', () => {
    const turned = { ...facts, requests: [[asked(12, 4, 6)]] };
    expect(settleContract([12], turned)[0]).toMatchObject({ requested: 0, available: 4 });
  });
});

describe('a stated contract', () => {
  const isps = [12, 13, 14];
  const computed = settleContract(isps, facts);
  const right = [
    { Start: 12, Duration: 1, ReservedPower: -2, RequestedPower: -2, OfferedPower: -2, OrderedPower: -2 },
    { Start: 13, Duration: 1, ReservedPower: -4, RequestedPower: -4, OfferedPower: -4, OrderedPower: -4 },
    { Start: 14, Duration: 1, ReservedPower: -2, RequestedPower: 0, AvailablePower: -6 },
  ];
  it('agrees, whether nothing is left out or said to be 0', () => {
    expect(contractDifferences(right, computed, 0)).toEqual([]);
  });

  it.each([
    ['ReservedPower', -1],
    ['RequestedPower', -1],
    ['AvailablePower', -5],
    ['OfferedPower', 0],
    ['OrderedPower', -4],
  ])('differs in %s', (field, value) => {
    const wrong = right.map((each, index) => (index === 0 ? { ...each, [field]: value } : each));
    const own = field === 'AvailablePower' ? '-6 W' : '-2 W';
    expect(contractDifferences(wrong, computed, 0)).toEqual([{ isp: 12, field, stated: `${value} W`, own }]);
    expect(contractDifferences(wrong, computed, 2)).toEqual([]);
  });

  it('leaves out ISPs that we hold reserved', () => {
    expect(omittedISPs(right.slice(1), facts.reserved)).toEqual([12]);
    expect(omittedISPs(right, facts.reserved)).toEqual([]);
  });
});
