import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { MeterReading, MeterValue, MeterValueKind } from '../../store/index.ts';
import { addDays, ispCount, ispStart } from '../../uftp/index.ts';
import { type Problem, Sheet, type WrittenReading } from './sheet.ts';

const grid = { timeZone: 'Europe/Amsterdam', ispDuration: 'PT15M' };
const CONNECTION = 'ean.871685900012636543';
const EMPTY = {
  ...{ period: '', isp: '', time: '', end: '', timeZone: '', occurrence: '' },
  ...{ resetTo: '', resetFrom: '', rollsOverAt: '' },
};

function readingsOf(rows: readonly Partial<Record<keyof WrittenReading, string>>[]): WrittenReading[] {
  return rows.map((row, index) => ({
    ...EMPTY,
    connection: CONNECTION,
    kind: 'power',
    value: '1',
    unit: 'kW',
    ...row,
    place: index + 2,
  }));
}

async function gather(
  rows: readonly Partial<Record<keyof WrittenReading, string>>[],
  known: readonly MeterValue[] = [],
  knownPowers: readonly MeterReading[] = [],
) {
  const sheet = new Sheet(grid);
  for (const reading of readingsOf(rows)) sheet.add(reading);
  const within =
    (from: string, to: string) =>
    ({ period }: { period: string }) =>
      from <= period && period <= to;
  const { powers, values, unknown } = await sheet.finish(
    {
      withValues: async () => [...new Set(known.map(({ connection }) => connection))],
      values: async (_, from, to) => known.filter(within(from, to)),
      powers: async (_, from, to) => knownPowers.filter(within(from, to)),
      registersAround: async (_, kind, from, to) => {
        const register = known.filter((each) => each.kind === kind);
        const before = register.findLast(({ period }) => period < from);
        const after = register.find(({ period }) => period > to);
        return [before, after].filter((each) => each !== undefined);
      },
    },
    '2027-01-01T00:00:00.000Z',
  );
  return {
    problems: sheet.problems,
    powers: powers.map(({ period, isp, power }) => `${period} ${isp} ${power}`),
    values: values.map(({ period, isp, kind, value }) => `${period} ${isp} ${kind} ${value}`),
    unknown: unknown.map(({ period, isp, kind }) => `${period} ${isp} ${kind}`),
  };
}

const on = (period: string, isp: number | string) => ({ period, isp: String(isp) });
const register = (value: string, period: string, isp: number, more: object = {}) => ({
  kind: 'register',
  value,
  unit: 'kWh',
  ...on(period, isp),
  ...more,
});

describe('readings that are taken', () => {
  it.each([
    ['kW', '1.2345', 1235],
    ['kW', '-1.2345', -1235],
    ['kW', '1.2344999', 1234],
    ['W', '-7', -7],
    ['MW', '0.5', 500_000],
    ['W', '-0.4', 0],
  ])('power in %s: %s becomes %d W, halves away from zero', async (unit, value, watts) => {
    expect((await gather([{ ...on('2027-03-01', 3), unit, value }])).powers).toEqual([
      `2027-03-01 3 ${watts}`,
    ]);
  });

  it('energy of both directions makes power; of one it does not', async () => {
    const row = (kind: string, value: string, isp: number) => ({
      kind,
      value,
      unit: 'Wh',
      ...on('2027-03-01', isp),
    });
    const both = [
      row('importEnergy', '500', 1),
      row('exportEnergy', '125', 1),
      row('importEnergy', '500', 2),
    ];
    const { powers, values, problems } = await gather(both);
    expect(problems).toEqual([]);
    expect(powers).toEqual(['2027-03-01 1 1500']);
    expect(values).toEqual([
      '2027-03-01 1 importEnergy 0.5',
      '2027-03-01 2 importEnergy 0.5',
      '2027-03-01 1 exportEnergy 0.125',
    ]);
  });

  it('what is known of the other direction counts', async () => {
    const known: MeterValue = {
      ...{ connection: CONNECTION, period: '2027-03-01', isp: 1, kind: 'exportEnergy', value: '1' },
      recordedAt: '2027-03-02T00:00:00.000Z',
    };
    const row = { kind: 'importEnergy', value: '0.25', unit: 'kWh', ...on('2027-03-01', 1) };
    expect((await gather([row], [known])).powers).toEqual(['2027-03-01 1 -3000']);
  });

  it('a register makes energies where readings follow each other; gaps stay unknown', async () => {
    const rows = [
      register('100', '2027-03-01', 0),
      register('100.5', '2027-03-01', 1),
      register('101', '2027-03-01', 2),
      register('104', '2027-03-01', 5),
    ];
    const { powers, problems } = await gather(rows);
    expect(problems).toEqual([]);
    expect(powers).toEqual(['2027-03-01 1 2000', '2027-03-01 2 2000']);
  });

  it('a register goes on from the day before, which was handed in earlier', async () => {
    const known: MeterValue = {
      ...{ connection: CONNECTION, period: '2027-03-01', isp: 96, kind: 'importRegister', value: '99.75' },
      recordedAt: '2027-03-02T00:00:00.000Z',
    };
    expect((await gather([register('100', '2027-03-02', 1)], [known])).powers).toEqual(['2027-03-02 1 1000']);
  });

  it.each([
    ['a reset from a known stand', { resetTo: '0', resetFrom: '100.25' }, '0.25', ['2027-03-01 2 2000']],
    ['a reset from an unknown stand leaves its ISP unknown', { resetTo: '0' }, '0.25', []],
    ['a rollover', { rollsOverAt: '1000' }, '0.5', ['2027-03-01 2 3602000']],
  ])('%s', async (_, event, value, powers) => {
    const rows = [register('100', '2027-03-01', 1), register(value, '2027-03-01', 2, event)];
    const result = await gather(rows);
    expect(result.problems).toEqual([]);
    expect(result.powers).toEqual(powers);
  });

  it('the same value twice is one value', async () => {
    const twice = [on('2027-03-01', 1), { ...on('2027-03-01', 1), value: '1000', unit: 'W' }];
    expect(await gather(twice)).toMatchObject({ problems: [], powers: ['2027-03-01 1 1000'] });
  });

  it.each([
    ['2027-03-01T00:00', '2027-03-01 1'],
    ['2027-03-01 23:45', '2027-03-01 96'],
    ['2027-02-28T23:00:00Z', '2027-03-01 1'],
    ['2027-03-28T03:00', '2027-03-28 9'],
    ['2027-10-31T02:15:00+02:00', '2027-10-31 10'],
    ['2027-10-31T02:15:00+01:00', '2027-10-31 14'],
    ['2027-10-31T23:45', '2027-10-31 100'],
  ])('at %s begins ISP %s', async (time, slot) => {
    expect((await gather([{ time }])).powers).toEqual([`${slot} 1000`]);
  });

  it('a repeated hour is told apart by its occurrence', async () => {
    const rows = ['1', '2'].map((occurrence) => ({
      time: '2027-10-31T02:15',
      occurrence,
      value: occurrence,
    }));
    expect((await gather(rows)).powers).toEqual(['2027-10-31 10 1000', '2027-10-31 14 2000']);
  });

  it('a register is read at the end of its ISP', async () => {
    const rows = ['2027-03-01T00:00', '2027-03-01T00:15'].map((time, index) => ({
      ...{ kind: 'register', unit: 'kWh', value: String(index), time },
    }));
    expect((await gather(rows)).values).toEqual([
      '2027-02-28 96 importRegister 0',
      '2027-03-01 1 importRegister 1',
      '2027-03-01 1 importEnergy 1',
      '2027-03-01 1 exportEnergy 0',
    ]);
  });
});

const day = on('2027-03-01', 1);
const kWh = { kind: 'importEnergy', unit: 'kWh', ...day };

describe('readings that are refused', () => {
  it.each<[string, Partial<Record<keyof WrittenReading, string>>[], number, string, string]>([
    ['no connection', [{ ...day, connection: '12' }], 2, 'connection', '"12" is not an EntityAddress'],
    ['an unknown kind', [{ ...day, kind: 'volts' }], 2, 'kind', '"volts" is not one of power, energy'],
    [
      'a unit of something else',
      [{ ...day, unit: 'kWh' }],
      2,
      'unit',
      '"kWh" does not fit power, which is in W, kW, MW',
    ],
    ['an unknown unit', [{ ...kWh, unit: 'constructor' }], 2, 'unit', 'does not fit importEnergy'],
    ['no number', [{ ...day, value: '1e3' }], 2, 'value', '"1e3" is not a decimal number'],
    ['a decimal comma', [{ ...day, value: '1,5' }], 2, 'value', 'write decimals with a point'],
    ['negative import', [{ ...kWh, value: '-1' }], 2, 'value', '-1 is negative; importEnergy only counts up'],
    ['too many decimals', [{ ...kWh, value: '0.0000001' }], 2, 'value', 'more than 6 decimals of a kWh'],
    ['power beyond any', [{ ...day, unit: 'MW', value: '9999' }], 2, 'value', 'beyond any connection'],
    ['a day that is none', [on('2027-02-29', 1)], 2, 'period', '"2027-02-29" is not a day'],
    ['ISP 0 of an interval', [on('2027-03-01', 0)], 2, 'isp', 'the first ISP of a day is 1'],
    ['an ISP that is none', [on('2027-03-01', 'x')], 2, 'isp', '"x" is not an ISP number'],
    ['ISP 93 of a day of 92', [on('2027-03-28', 93)], 2, 'isp', '93 is beyond the 92 ISPs of 2027-03-28'],
    [
      'ISP 101 of a day of 100',
      [on('2027-10-31', 101)],
      2,
      'isp',
      '101 is beyond the 100 ISPs of 2027-10-31',
    ],
    ['no moment', [{}], 2, 'time', 'there is neither a time, nor a period and isp'],
    ['two moments', [{ ...day, time: '2027-03-01T00:00' }], 2, 'time', 'a time as well as'],
    [
      'a time within an ISP',
      [{ time: '2027-03-01T00:07' }],
      2,
      'time',
      'does not lie where an ISP of PT15M begins',
    ],
    [
      'an interval of an hour',
      [{ time: '2027-03-01T00:00', end: '2027-03-01T01:00' }],
      2,
      'end',
      'is not one ISP of PT15M',
    ],
    [
      'a skipped hour',
      [{ time: '2027-03-28T02:30' }],
      2,
      'time',
      'does not exist in Europe/Amsterdam: clocks skip it',
    ],
    [
      'a repeated hour',
      [{ time: '2027-10-31T02:15' }],
      2,
      'time',
      'comes twice in Europe/Amsterdam: write +02:00 or +01:00 behind it',
    ],
    ['no time', [{ time: 'noon' }], 2, 'time', '"noon" is not a time'],
    ['a time of no calendar', [{ time: '2027-02-30T00:00' }], 2, 'time', 'is not a time of the calendar'],
    [
      'ISPs of another zone',
      [{ ...day, timeZone: 'Europe/London' }],
      2,
      'timeZone',
      'are not those of the market',
    ],
    ['a zone that is none', [{ ...day, timeZone: 'Europe/Nowhere' }], 2, 'timeZone', 'is not a time zone'],
    [
      'two values',
      [day, { ...day, value: '2' }],
      3,
      'value',
      'has power 2000 W here and 1000 W at {place 2}',
    ],
    [
      'power that its energies contradict',
      [{ ...kWh, kind: 'energy', value: '1' }, day],
      3,
      'value',
      'has 1000 W here, but its energies make 4000 W ({place 2})',
    ],
    [
      'a register that falls',
      [register('10', '2027-03-01', 1), register('9.5', '2027-03-01', 2)],
      3,
      'value',
      'the register stands at 9.5 kWh at the end of ISP 2 of 2027-03-01, below 10 kWh of ISP 1 of 2027-03-01: name resetTo, or rollsOverAt',
    ],
    [
      'a register that falls over a gap',
      [register('10', '2027-03-01', 1), register('9', '2027-03-01', 9)],
      3,
      'value',
      'below 10 kWh',
    ],
    [
      'a reset to nowhere',
      [register('1', '2027-03-01', 1, { resetFrom: '9' })],
      2,
      'resetTo',
      'a reset says what',
    ],
    [
      'a reset above its reading',
      [register('1', '2027-03-01', 1, { resetTo: '2' })],
      2,
      'value',
      'below 2 kWh',
    ],
    [
      'a reset from below',
      [register('10', '2027-03-01', 1), register('1', '2027-03-01', 2, { resetTo: '0', resetFrom: '5' })],
      3,
      'resetFrom',
      'was reset from 5 kWh in ISP 2 of 2027-03-01, below 10 kWh',
    ],
    [
      'a reset from below, though the whole comes to more',
      [register('100', '2027-03-01', 1), register('20', '2027-03-01', 2, { resetTo: '0', resetFrom: '90' })],
      3,
      'resetFrom',
      'was reset from 90 kWh in ISP 2 of 2027-03-01, below 100 kWh of ISP 1',
    ],
    [
      'a rollover of a register that counted on',
      [register('10', '2027-03-01', 1), register('11', '2027-03-01', 2, { rollsOverAt: '1000' })],
      3,
      'rollsOverAt',
      'stands at 11 kWh at the end of ISP 2 of 2027-03-01, which is not below 10 kWh of ISP 1',
    ],
    [
      'a rollover of a register that stood higher than it holds',
      [register('1500', '2027-03-01', 1), register('9', '2027-03-01', 2, { rollsOverAt: '1000' })],
      3,
      'rollsOverAt',
      'holds 1000 kWh, and stood at 1500 kWh',
    ],
    ['a reset of power', [{ ...day, resetTo: '0' }], 2, 'resetTo', 'power is no register'],
    [
      'a register beyond its own size',
      [register('9', '2027-03-01', 1, { rollsOverAt: '9' })],
      2,
      'value',
      'more than the register holds',
    ],
    [
      'a reset and a rollover',
      [register('1', '2027-03-01', 1, { resetTo: '0', rollsOverAt: '9' })],
      2,
      'rollsOverAt',
      'not both',
    ],
  ])('%s', async (_, rows, place, field, reason) => {
    const { problems } = await gather(rows);
    expect(problems).toEqual<Problem[]>([
      { place, field, reason: expect.stringContaining(reason) as string },
    ]);
  });
});

describe('beside what is known', () => {
  const recordedAt = '2027-03-02T00:00:00.000Z';
  const known = (kind: MeterValueKind, isp: number, value: string, period = '2027-03-01'): MeterValue => ({
    ...{ connection: CONNECTION, period, isp, kind, value, recordedAt },
  });
  const power = (isp: number, watts: number): MeterReading => ({
    ...{ connection: CONNECTION, period: '2027-03-01', isp, power: watts, recordedAt },
  });
  const registers = [10, 11, 12].map((value, isp) =>
    isp === 0
      ? known('importRegister', 96, String(value), '2027-02-28')
      : known('importRegister', isp, String(value)),
  );
  const derived = [1, 2].flatMap((isp) => [known('importEnergy', isp, '1'), known('exportEnergy', isp, '0')]);
  const powers = [power(1, 4000), power(2, 4000)];
  const all = [...registers, ...derived];

  it('an energy that a correction makes unknown is taken away, and its power with it', async () => {
    const reset = register('12', '2027-03-01', 2, { resetTo: '0' });
    const { unknown, problems } = await gather([reset], all, powers);
    expect(problems).toEqual([]);
    expect(unknown).toEqual(['2027-03-01 2 importEnergy', '2027-03-01 2 power']);
  });

  it('what was handed in of such an ISP, and does not follow from its registers, stays', async () => {
    const reset = register('12', '2027-03-01', 2, { resetTo: '0' });
    const given = [...registers, known('importEnergy', 2, '3'), known('exportEnergy', 2, '0')];
    expect((await gather([reset], given, [power(2, 12_000)])).unknown).toEqual([]);
    // Handed in together with the correction, it is no longer unknown.
    const now = { kind: 'energy', value: '2', unit: 'kWh', ...on('2027-03-01', 2) };
    expect(await gather([reset, now], all, powers)).toMatchObject({ unknown: [], problems: [] });
  });

  it.each<[string, Partial<Record<keyof WrittenReading, string>>, string]>([
    [
      'power that known energies contradict',
      { ...on('2027-03-01', 1), value: '5' },
      'ISP 1 of 2027-03-01 has 5000 W here, but its energies make 4000 W (they are known: correct them too)',
    ],
    [
      'energy that known registers contradict',
      { ...on('2027-03-01', 1), kind: 'energy', unit: 'kWh', value: '1.5' },
      'has importEnergy 1.5 kWh here, but its registers, which are known, make 1 kWh: correct them too',
    ],
    [
      'a register below one that was read long before',
      register('9', '2027-03-09', 1),
      'stands at 9 kWh at the end of ISP 1 of 2027-03-09, below 12 kWh of ISP 2 of 2027-03-01',
    ],
    [
      'a register above one that was read long after',
      register('13', '2027-02-20', 1),
      'stands at 10 kWh at the end of ISP 96 of 2027-02-28, below 13 kWh of ISP 1 of 2027-02-20',
    ],
  ])('%s is refused', async (_, row, reason) => {
    const { problems } = await gather([row], all, powers);
    expect(problems).toEqual([
      { place: 2, field: 'value', reason: expect.stringContaining(reason) as string },
    ]);
  });

  it('power that says what known energies make is taken', async () => {
    const row = { ...on('2027-03-01', 1), value: '4.001' };
    expect(await gather([row], all, powers)).toMatchObject({ problems: [], powers: ['2027-03-01 1 4001'] });
  });
});

test.each(['2027-03-01', '2027-03-28', '2027-10-31'])(
  'registers of %s become energies, and energies the power they came from',
  async (period) => {
    const count = ispCount(period, grid.timeZone, grid.ispDuration);
    // Whole multiples of 4 W are whole Wh in a quarter of an hour: nothing is lost to rounding.
    const quarters = fc.array(fc.integer({ min: 0, max: 25_000 }), { minLength: count, maxLength: count });
    await fc.assert(
      fc.asyncProperty(quarters, quarters, async (imported, exported) => {
        const rows = [imported, exported].flatMap((energies, direction) => {
          let stand = 1_000_000;
          return [0, ...energies].map((energy, index) => ({
            kind: direction === 0 ? 'importRegister' : 'exportRegister',
            value: String((stand += energy)),
            unit: 'Wh',
            time:
              index < count
                ? ispStart(period, grid.timeZone, grid.ispDuration, index + 1)
                : ispStart(addDays(period, 1), grid.timeZone, grid.ispDuration, 1),
          }));
        });
        const { powers, problems } = await gather(rows);
        expect(problems).toEqual([]);
        expect(powers).toEqual(
          imported.map((energy, index) => `${period} ${index + 1} ${(energy - exported[index]!) * 4 || 0}`),
        );
      }),
      { numRuns: 15 },
    );
  },
);
