import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type Clock, instant } from '../../base/index.ts';
import type { ConnectionDay, SavedReadings, Store } from '../../store/index.ts';
import { UftpError } from '../../uftp/index.ts';
import { gatherCsv } from '../readings/csv-readings.ts';
import { gatherJson, jsonReadings, jsonRefused } from '../readings/json-readings.ts';
import type { Grid } from '../readings/moments.ts';
import { fileRefused } from '../readings/refusal.ts';
import { Sheet } from '../readings/sheet.ts';
import { bodyInvalid, parseBody } from './body.ts';
import { type Market, sameISPs } from './markets.ts';

interface Dependencies {
  readonly store: Pick<Store, 'meterReadings' | 'connections'>;
  readonly markets: readonly Market[];
  /** Hears of days whose readings changed, after they are stored. */
  readonly onReadings?: (days: readonly ConnectionDay[]) => void;
  readonly clock: Clock;
}

/** A month of quarter hours of a hundred connections is some 25 MB. */
const MOST_BYTES = 128 * 1024 * 1024;

const csvQuery = z.strictObject({
  source: z.string().min(1).max(200).default('readings.csv'),
  timeZone: z.string().optional(),
  ispDuration: z.string().optional(),
  again: z.enum(['true', 'false']).default('false'),
});

/**
 * The meter company's doors. What they take is stored whole or not at all, and taking it twice changes nothing.
 *
 * - `PUT /v1/meter-readings`: JSON of one day. Sending it again replaces what was there.
 * - `POST /v1/meter-readings`: a CSV file of any length, read as it comes in. The same file (by its digest) is taken
 *   once, so that repeating an old import never undoes a correction; `?again=true` takes it all the same.
 */
export function meterReadingDoor(app: FastifyInstance, deps: Dependencies): void {
  const { store, markets, clock, onReadings } = deps;

  const known: Parameters<Sheet['finish']>[0] = (connection, from, to) =>
    store.meterReadings.valuesOf(connection, from, to);

  async function refuseStrangers(sheet: Sheet): Promise<void> {
    const places = new Map(sheet.connections());
    for (const connection of await store.connections.unknownAmong([...places.keys()])) {
      const place = places.get(connection)!;
      sheet.problems.push({ place, field: 'connection', reason: `${connection} is not in the portfolio` });
    }
  }

  app.put('/v1/meter-readings', async (request, reply) => {
    const body = parseBody(jsonReadings, request.body);
    const sheet = new Sheet(gridOf(markets, body));
    gatherJson(body, sheet);
    await refuseStrangers(sheet);
    const gathered = await sheet.finish(known, instant(clock));
    if (sheet.problems.length > 0) throw jsonRefused(body, sheet.problems);
    const { days } = await store.meterReadings.save(gathered.powers, gathered.values);
    onReadings?.(days);
    return reply.code(204).send();
  });

  // Read by the handler, as it comes in.
  app.addContentTypeParser('text/csv', (_request, payload, done) => done(null, payload));

  app.post('/v1/meter-readings', { bodyLimit: MOST_BYTES }, async (request) => {
    const { source, again, ...market } = parseBody(csvQuery, request.query);
    const sheet = new Sheet(gridOf(markets, market));
    const hash = createHash('sha256');
    const lines = await gatherCsv(
      hashing(request.body as AsyncIterable<Uint8Array>, hash),
      sheet,
      MOST_BYTES,
    );
    const digest = hash.digest('hex');
    await refuseStrangers(sheet);
    const earlier = again === 'true' ? undefined : await store.meterReadings.findImport(digest);
    if (earlier) return answer({ ...earlier, days: [] }, { lines, digest, repeated: true });
    const at = instant(clock);
    const { powers, values } = await sheet.finish(known, at);
    if (sheet.problems.length > 0) throw fileRefused(source, sheet.problems);
    const saved = await store.meterReadings.save(powers, values, { digest, source, lines, at });
    onReadings?.(saved.days);
    return answer(saved, { lines, digest, repeated: false });
  });
}

function answer(
  { days, ...counts }: SavedReadings,
  facts: { lines: number; digest: string; repeated: boolean },
): object {
  return { ...counts, ...facts, changedDays: days.length };
}

async function* hashing(
  bytes: AsyncIterable<Uint8Array>,
  hash: { update(chunk: Uint8Array): unknown },
): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    hash.update(chunk);
    yield chunk;
  }
}

/**
 * Readings are kept by ISP number: only numbers that mean what a market means by them are taken. What is not said is
 * taken from the market, where all have the same.
 */
function gridOf(
  markets: readonly Market[],
  said: { period?: string; timeZone?: string | undefined; ispDuration?: string | undefined },
): Grid {
  const first = markets[0];
  const { period, timeZone = first?.timeZone, ispDuration = first?.ispDuration } = said;
  const fits = (market: Market): boolean => {
    if (timeZone === undefined || ispDuration === undefined) return false;
    try {
      // Without a day, zones have to agree on every one of them: by name.
      return period === undefined
        ? market.timeZone === timeZone && sameISPs(market, '2000-01-01', timeZone, ispDuration)
        : sameISPs(market, period, timeZone, ispDuration);
    } catch (thrown) {
      if (thrown instanceof UftpError) return false;
      throw thrown;
    }
  };
  const fitting = markets.filter(fits);
  const unsaid = said.timeZone === undefined || said.ispDuration === undefined;
  if (fitting.length > 0 && (!unsaid || fitting.length === markets.length)) return fitting[0]!;
  const names = [...new Set(markets.map((each) => `${each.timeZone} with ${each.ispDuration}`))].join(', ');
  const message = unsaid
    ? `is not said, nor ispDuration, and markets differ (${names})`
    : `does not fit, with ispDuration, any market that is configured (${names})`;
  throw bodyInvalid([{ path: 'timeZone', message }]);
}
