import { describe, expect, it } from 'vitest';
import { assetDay, dayOfISPs } from './asset.testkit.ts';
import { lostHolds, type Outage, type Promised, withOutages } from './outage.ts';

const day = dayOfISPs(4, 60);
const battery = assetDay('battery', [3000, 2000], '10', { ispCount: 4 });
const outage = (changes: Partial<Outage> = {}): Outage => ({
  ...{ connection: 'ean.1', asset: 'battery', remainingReduceW: 1000, remainingIncreaseW: 0 },
  ...{ from: '2026-06-14T23:30:00.000Z', to: '2026-06-15T01:00:00.000Z' },
  ...changes,
});

describe('an outage', () => {
  it('leaves what remains, in every ISP that it touches', () => {
    const [left] = withOutages([battery], day, [outage()]);
    expect(left!.reduceW).toEqual([3000, 1000, 1000, 3000]);
    expect(left!.increaseW).toEqual([2000, 0, 0, 2000]);
  });

  it('gives nothing that was not there, and with another one leaves the least', () => {
    const more = outage({ remainingReduceW: 9000 });
    expect(withOutages([battery], day, [more])[0]!.reduceW).toEqual(battery.reduceW);
    expect(withOutages([battery], day, [more, outage()])[0]!.reduceW[1]).toBe(1000);
  });

  it('is of one asset, or of all behind a connection', () => {
    const heat = { ...battery, name: 'heat' };
    const elsewhere = { ...battery, connection: 'ean.2' };
    const { asset: _, ...whole } = outage();
    const after = (one: Outage) =>
      withOutages([battery, heat, elsewhere], day, [one]).map(({ reduceW }) => reduceW[1]);
    expect(after(outage())).toEqual([1000, 3000, 3000]);
    expect(after(whole)).toEqual([1000, 1000, 3000]);
  });
});

describe('what cannot be delivered any more', () => {
  const able = withOutages([battery], day, [outage()]);
  const hold = (rank: number, status: 'open' | 'firm', ...reduceW: number[]): Promised => ({
    ...{ rank, status, able, startsAt: day.startsAt, ispMinutes: day.ispMinutes },
    assets: [{ connection: 'ean.1', asset: 'battery', reduceW, increaseW: [0, 0, 0, 0] }],
  });
  const lost = (...holds: Promised[]) => lostHolds(holds).map(({ hold: { rank } }) => rank);

  it('is the newest open offer first, as long as the rest fits', () => {
    expect(lost(hold(1, 'open', 0, 600, 0, 0), hold(2, 'open', 0, 400, 0, 0))).toEqual([]);
    expect(
      lost(hold(3, 'open', 0, 300, 0, 0), hold(1, 'open', 0, 600, 0, 0), hold(2, 'open', 0, 400, 0, 0)),
    ).toEqual([3]);
  });

  it('is an open offer before an order, however old the offer is', () => {
    expect(lost(hold(1, 'open', 0, 500, 0, 0), hold(2, 'firm', 0, 900, 0, 0))).toEqual([1]);
  });

  it('is an order where nothing else helps', () => {
    expect(lost(hold(1, 'firm', 0, 1001, 0, 0), hold(2, 'open', 0, 1000, 0, 0))).toEqual([1]);
    expect(lost(hold(1, 'firm', 0, 700, 0, 0), hold(2, 'firm', 0, 700, 0, 0))).toEqual([2]);
  });

  it('is said by ISP: as consumption where less is reduced, and the other way round', () => {
    const kept = hold(1, 'firm', 0, 700, 0, 0);
    const both = {
      ...hold(2, 'firm', 500, 700, 1200, 0),
      assets: [
        { connection: 'ean.1', asset: 'battery', reduceW: [500, 700, 1200, 0], increaseW: [0, 0, 0, 900] },
        { connection: 'ean.1', asset: 'gone', reduceW: [0, 0, 0, 0], increaseW: [0, 0, 0, 800] },
      ],
    };
    expect(lostHolds([kept, both]).map(({ lost }) => lost)).toEqual([
      [
        { Start: 2, Duration: 1, Power: 400 },
        { Start: 3, Duration: 1, Power: 200 },
        { Start: 4, Duration: 1, Power: -800 },
      ],
    ]);
  });

  it('is nothing that lies outside of the outage', () => {
    expect(lost(hold(1, 'open', 3000, 0, 0, 3000))).toEqual([]);
  });

  it('is what counts on an asset that is there no more', () => {
    expect(lost({ ...hold(1, 'open', 0, 0, 0, 1), able: [] })).toEqual([1]);
  });
});
