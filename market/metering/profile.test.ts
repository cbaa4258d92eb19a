import { describe, expect, it } from 'vitest';
import { type KnownDay, meteringEAN, profilesOf } from './profile.ts';

const nothing: KnownDay = {
  power: new Map(),
  importEnergy: new Map(),
  exportEnergy: new Map(),
  importRegister: new Map(),
  exportRegister: new Map(),
};

describe('the profiles of a day', () => {
  it('has those agreed, in order, power in kW and all else in kWh', () => {
    const known = {
      ...nothing,
      power: new Map([
        [2, -1500],
        [1, 1234],
      ]),
      importRegister: new Map([
        [1, '100.250000'],
        [2, '100.5'],
      ]),
      exportEnergy: new Map([[1, '1']]),
    };
    expect(profilesOf(known, ['ImportMeterReading', 'Power'], 2)).toEqual({
      profiles: [
        {
          ProfileType: 'ImportMeterReading',
          Unit: 'kWh',
          ISP: [
            { Start: 1, Value: '100.25' },
            { Start: 2, Value: '100.5' },
          ],
        },
        {
          ProfileType: 'Power',
          Unit: 'kW',
          ISP: [
            { Start: 1, Value: '1.234' },
            { Start: 2, Value: '-1.5' },
          ],
        },
      ],
      missing: 0,
    });
  });

  it('leaves out what is unknown, and counts it', () => {
    const known = { ...nothing, power: new Map([[3, 0]]) };
    expect(profilesOf(known, ['Power', 'ImportEnergy'], 4)).toEqual({
      profiles: [{ ProfileType: 'Power', Unit: 'kW', ISP: [{ Start: 3, Value: '0' }] }],
      missing: 7,
    });
  });
});

describe('a connection in metering notation', () => {
  it.each([
    ['ean.871685900012636543', 'E18', undefined, 'E871685900012636543'],
    ['ean.8716859000126365', 'E16', undefined, 'E8716859000126365'],
    ['ean.871685900012636543', 'E16', 'e8716859000126365', 'E8716859000126365'],
    ['ea1.2009-01.com.example:7', 'E18', 'E871685900012636543', 'E871685900012636543'],
    ['ean.871685900012636543', 'E16', undefined, undefined],
    ['ean.871685900012636543', 'E18', 'E8716859000126365', 'E871685900012636543'],
    ['ea1.2009-01.com.example:7', 'E18', undefined, undefined],
  ] as const)('%s in %s with %s is %s', (connection, notation, given, expected) => {
    expect(meteringEAN(connection, notation, given)).toBe(expected);
  });
});
