import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type Clock, instant } from '../../base/index.ts';
import type { AssetProfile, Store } from '../../store/index.ts';
import { ispCount } from '../../uftp/index.ts';
import { workflowIds } from '../../workflows/ids.ts';
import { type DayColumns, gatherDays } from '../csv-days.ts';
import type { Grid } from '../readings/moments.ts';
import { fileRefused, inFile, jsonFileRefused } from '../readings/refusal.ts';
import type { CapacityLook } from '../start-capacity-check.ts';
import { field, type FieldError, parseBody } from './body.ts';
import { gridOf } from './grid.ts';
import type { Market } from './markets.ts';
import { entityAddress, isCalendarDay } from './scalars.ts';

/** A day of an asset as it is handed in: the ISPs are those of a market. */
type HandedIn = Omit<AssetProfile, 'timeZone' | 'ispDuration'>;

const watts = z.int32('is not a whole number of watts').nonnegative('is below 0');
const powers = z.array(watts).min(1, 'is empty');

const body = z.strictObject({
  timeZone: field.timeZone.optional(),
  ispDuration: z.string().optional(),
  profiles: z
    .array(
      z.strictObject({
        connection: field.entityAddress,
        asset: z.string().min(1, 'is empty'),
        period: field.day,
        reduceW: powers,
        increaseW: powers,
      }),
    )
    .min(1, 'is empty'),
});

const source = z.string().min(1).max(200).optional();
const jsonQuery = z.strictObject({ source });
const csvQuery = z.strictObject({
  source,
  timeZone: field.timeZone.optional(),
  ispDuration: z.string().optional(),
});

const COLUMNS = {
  names: ['connection', 'asset', 'period'],
  needed: ['connection', 'asset', 'period'],
  powers: ['reduceW', 'increaseW'],
  least: 0,
} as const satisfies DayColumns<string, string>;

/** A month of a thousand assets. */
const MOST_BYTES = 192 * 1024 * 1024;

interface Dependencies {
  readonly store: Pick<Store, 'assetProfiles' | 'connections'>;
  readonly markets: readonly Market[];
  readonly lookAtCapacity: CapacityLook;
  readonly clock: Clock;
}

/**
 * `PUT /v1/asset-profiles`: what assets can do on a day, in W by ISP, instead of what their terms say. JSON or CSV
 * (`text/csv`, one line for each ISP), any number of days, all of them or none. The same again changes nothing; what is
 * other than before replaces it, and offers that count on more are revoked, as after an outage.
 */
export function assetProfileDoor(app: FastifyInstance, deps: Dependencies): void {
  const { store, markets, lookAtCapacity, clock } = deps;

  async function keep(profiles: readonly HandedIn[], { timeZone, ispDuration }: Grid): Promise<object> {
    const placed = profiles.map((profile) => ({ ...profile, timeZone, ispDuration }));
    const changed = await store.assetProfiles.save(placed, instant(clock));
    if (changed > 0) await lookAtCapacity(workflowIds.capacityCheck('asset-profiles', randomUUID()));
    return { profiles: profiles.length, changed };
  }

  app.put('/v1/asset-profiles', { bodyLimit: MOST_BYTES }, async (request) => {
    if (!request.headers['content-type']?.startsWith('text/csv')) {
      const { source: file = 'profiles.json' } = parseBody(jsonQuery, request.query);
      const { profiles, ...market } = inFile(file, () => parseBody(body, request.body));
      const grid = inFile(file, () => gridOf(markets, market));
      const wrong = (await problemsOf(store, profiles, grid)).map(({ index, path, message }) => ({
        ...{ path: `profiles[${index}].${path}`, message },
      }));
      if (wrong.length > 0) throw jsonFileRefused(file, wrong);
      return keep(profiles, grid);
    }
    const { source: file = 'profiles.csv', ...market } = parseBody(csvQuery, request.query);
    const grid = inFile(file, () => gridOf(markets, market));
    const { days, problems } = await gatherDays(
      request.body as AsyncIterable<Uint8Array>,
      MOST_BYTES,
      COLUMNS,
    );
    const profiles = days.map(({ names, powers }) => ({ ...names, ...powers }));
    for (const { index, path, message } of await problemsOf(store, profiles, grid)) {
      problems.push({ place: days[index]!.line, field: path, reason: message });
    }
    if (problems.length > 0) throw fileRefused(file, problems);
    return keep(profiles, grid);
  });
}

interface ProfileProblem extends FieldError {
  /** Which of the profiles, the first is 0. */
  readonly index: number;
}

/** What is wrong with profiles: their form first, then what the portfolio says of whose form is right. */
async function problemsOf(
  { connections }: Dependencies['store'],
  profiles: readonly HandedIn[],
  grid: Grid,
): Promise<ProfileProblem[]> {
  const seen = new Set<string>();
  const found = profiles.flatMap((profile, index) =>
    formOf(profile, grid, seen).map((one) => ({ index, ...one })),
  );
  const unfit = new Set(found.map(({ index }) => index));
  const rest = profiles
    .map((profile, index) => ({ ...profile, index }))
    .filter(({ index }) => !unfit.has(index));
  const unknown = new Set(await connections.unknownAmong(distinct(rest.map(({ connection }) => connection))));
  for (const period of distinct(rest.map((profile) => profile.period))) {
    const ofDay = rest.filter((profile) => profile.period === period);
    const active = await connections.activeOn(period, distinct(ofDay.map(({ connection }) => connection)));
    const assets = new Set(
      active.flatMap((each) =>
        (each.assets as { name: string }[]).map(({ name }) => keyOf(each.connection, name)),
      ),
    );
    for (const { index, connection, asset } of ofDay) {
      if (unknown.has(connection))
        found.push({ index, path: 'connection', message: `${connection} was never in the portfolio` });
      else if (!assets.has(keyOf(connection, asset)))
        found.push({ index, path: 'asset', message: `${asset} is no asset of ${connection} on ${period}` });
    }
  }
  return found.toSorted((a, b) => a.index - b.index);
}

function formOf(profile: HandedIn, { timeZone, ispDuration }: Grid, seen: Set<string>): FieldError[] {
  const { connection, asset, period } = profile;
  const wrong: FieldError[] = [];
  if (!entityAddress(connection))
    wrong.push({ path: 'connection', message: 'is not an EntityAddress such as ean.871685900012636543' });
  if (asset === '') wrong.push({ path: 'asset', message: 'is empty' });
  if (!isCalendarDay(period))
    return [...wrong, { path: 'period', message: 'is not a day such as 2026-01-01' }];
  const key = keyOf(connection, asset, period);
  if (seen.has(key)) wrong.push({ path: 'period', message: `${period} of this asset is there twice` });
  seen.add(key);
  const count = ispCount(period, timeZone, ispDuration);
  for (const path of ['reduceW', 'increaseW'] as const) {
    const values = profile[path].length;
    if (values !== count) wrong.push({ path, message: `has ${values} values; ${period} has ${count} ISPs` });
  }
  return wrong;
}

const keyOf = (...parts: readonly string[]): string => JSON.stringify(parts);
const distinct = (values: readonly string[]): string[] => [...new Set(values)];
