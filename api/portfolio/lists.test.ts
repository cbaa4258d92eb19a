import { describe, expect, it } from 'vitest';
import { gatherCsvList } from './csv-list.ts';
import { gatherJsonList } from './json-list.ts';
import { ConnectionList } from './listed.ts';

const ONE = 'ean.871685900012636543';
const OTHER = 'ean.871685900012636550';

async function read(text: string) {
  const list = new ConnectionList();
  await gatherCsvList(
    (async function* () {
      // In pieces, as a network brings it.
      for (let at = 0; at < text.length; at += 7) yield Buffer.from(text.slice(at, at + 7));
    })(),
    list,
    1_000_000,
  );
  return { connections: list.finish('from'), problems: list.problems };
}

const file = (...lines: string[]): string => [...lines, ''].join('\n');

describe('a CSV file of connections', () => {
  it('has a line for each connection, and more for more assets', async () => {
    const { connections, problems } = await read(
      file(
        'from;to;connection;meteringEAN;asset;kind;canReduceW;canIncreaseW;pricePerMWh',
        `2026-01-01;;${ONE};;cold-store;cooling;5000;;120.00`,
        `2026-01-01;2026-12-31;${OTHER};E871685900012636550;heat-pump;;3000;2000;95.50`,
        `2026-01-01;;${ONE};;battery;;0;4000;80.00`,
        `2027-02-01;;${OTHER};;;;;;`,
      ),
    );
    expect(problems).toEqual([]);
    expect(connections).toEqual([
      {
        ...{ connection: ONE, startPeriod: '2026-01-01' },
        assets: [
          { name: 'cold-store', kind: 'cooling', canReduceW: 5000, canIncreaseW: 0, pricePerMWh: '120.00' },
          { name: 'battery', canReduceW: 0, canIncreaseW: 4000, pricePerMWh: '80.00' },
        ],
      },
      {
        ...{ connection: OTHER, startPeriod: '2026-01-01', endPeriod: '2026-12-31' },
        meteringEAN: 'E871685900012636550',
        assets: [{ name: 'heat-pump', canReduceW: 3000, canIncreaseW: 2000, pricePerMWh: '95.50' }],
      },
      { connection: OTHER, startPeriod: '2027-02-01', assets: [] },
    ]);
  });

  it('may have the assets as JSON, with all that the configuration knows', async () => {
    const assets = [{ name: 'battery', canReduceW: 10, canIncreaseW: 0, prices: [{ pricePerMWh: '80.00' }] }];
    const cell = JSON.stringify(assets).replaceAll('"', '""');
    const { connections, problems } = await read(
      file('connection,from,assets', `${ONE},2026-01-01,"${cell}"`),
    );
    expect(problems).toEqual([]);
    expect(connections).toEqual([{ connection: ONE, startPeriod: '2026-01-01', assets }]);
  });

  const plain = 'connection,from,to,meteringEAN,asset,canReduceW,pricePerMWh';
  const good = `${ONE},2026-01-01,,,store,5000,120.00`;
  it.each([
    ['an empty file', '', 1, 'line', 'empty'],
    ['a column that is missing', file('connection,to', `${ONE},`), 1, 'from', 'missing'],
    [
      'a column that nobody knows',
      file('connection,from,colour', `${ONE},2026-01-01,red`),
      1,
      'colour',
      'No such',
    ],
    ['a column twice', file('connection,from,from', `${ONE},2026-01-01,2026-01-01`), 1, 'from', 'twice'],
    ['assets in both ways', file('connection,from,asset,assets'), 1, 'assets', 'not both'],
    ['a cell too few', file(plain, `${ONE},2026-01-01`), 2, 'line', '2 cells under 7'],
    ['no connection', file(plain, ',2026-01-01,,,,,'), 2, 'connection', 'missing'],
    ['a broken EAN', file(plain, good, 'ean.12,2026-01-01,,,,,'), 3, 'connection', 'Write it such as ean.'],
    ['no first day', file(plain, `${ONE},,,,,,`), 2, 'from', 'missing'],
    ['a day that is none', file(plain, `${ONE},2026-02-30,,,,,`), 2, 'from', 'Write it such as'],
    [
      'a last day before the first',
      file(plain, `${ONE},2026-02-03,2026-02-02,,,,`),
      2,
      'to',
      'before the first',
    ],
    [
      'a metering EAN without E',
      file(plain, `${ONE},2026-01-01,,871685900012636543,,,`),
      2,
      'meteringEAN',
      'E87',
    ],
    ['power that is none', file(plain, `${ONE},2026-01-01,,,store,much,1`), 2, 'canReduceW', ''],
    ['power below zero', file(plain, `${ONE},2026-01-01,,,store,-5,1`), 2, 'canReduceW', ''],
    ['half a watt', file(plain, `${ONE},2026-01-01,,,store,0.5,1`), 2, 'canReduceW', ''],
    ['an asset without a price', file(plain, `${ONE},2026-01-01,,,store,5,`), 2, 'pricePerMWh', 'missing'],
    ['a price that is none', file(plain, `${ONE},2026-01-01,,,store,5,"1,20"`), 2, 'pricePerMWh', ''],
    ['an asset without a name', file(plain, `${ONE},2026-01-01,,,,5,1`), 2, 'asset', 'missing'],
    ['an asset twice', file(plain, good, good), 3, 'asset', 'store is named twice'],
    [
      'a line twice',
      file('connection,from', `${ONE},2026-01-01`, `${ONE},2026-01-01`),
      3,
      'connection',
      '{place 2}',
    ],
    ['two last days', file(plain, good, `${ONE},2026-01-01,2026-05-01,,b,5,1`), 3, 'to', '{place 2}'],
    [
      'days that overlap',
      file(plain, good, `${OTHER},2026-01-01,,,,,`, `${ONE},2026-05-01,,,,,`),
      ...([4, 'from', 'listed in {place 2}'] as const),
    ],
    [
      'assets that are no JSON',
      file('connection,from,assets', `${ONE},2026-01-01,[`),
      2,
      'assets',
      'no JSON',
    ],
    ['assets that are no list', file('connection,from,assets', `${ONE},2026-01-01,7`), 2, 'assets', ''],
    ['a quote that is not closed', file(plain, `"${ONE},2026-01-01`), 2, 'line', 'never closed'],
  ])('%s is named with its line and field', async (_, text, place, field, reason) => {
    const { problems } = await read(text);
    expect(problems).toContainEqual({ place, field, reason: expect.stringContaining(reason) as string });
    expect(problems).toHaveLength(1);
  });

  it('tells everything that is wrong at once', async () => {
    const { problems } = await read(file(plain, 'ean.1,x,y,,,,', good, `${ONE},2026-13-01,,,,,`));
    expect(problems.map(({ place, field }) => [place, field])).toEqual([
      [2, 'connection'],
      [2, 'from'],
      [2, 'to'],
      [4, 'from'],
    ]);
  });
});

it('a JSON list is read as the configuration is, and names the place and path of what is wrong', () => {
  const list = new ConnectionList();
  const asset = { name: 'store', canReduceW: 5, pricePerMWh: '1.00' };
  gatherJsonList(
    {
      connections: [
        { id: ONE, from: '2026-01-01', assets: [asset] },
        { id: OTHER, from: '2026-01-01', colour: 'red', assets: [{ ...asset, canReduceW: -1 }] },
        'a connection',
      ],
    },
    list,
  );
  expect(list.finish('from')).toHaveLength(1);
  expect(list.problems.map(({ place, field }) => [place, field])).toEqual([
    [2, 'assets[0].canReduceW'],
    [2, 'colour'],
    [3, 'connection'],
  ]);
});
