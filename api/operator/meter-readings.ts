import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Clock, instant } from '../../base/index.ts';
import type { ConnectionDay, ImportedFile, Store } from '../../store/index.ts';
import { gatherCsv } from '../readings/csv-readings.ts';
import type { Refusal } from '../errors.ts';
import { gatherJson, jsonProblems, jsonReadings } from '../readings/json-readings.ts';
import { fileRefused, inFile, jsonFileRefused } from '../readings/refusal.ts';
import { Sheet } from '../readings/sheet.ts';
import { parseBody } from './body.ts';
import { gridOf } from './grid.ts';
import { digesting, digestOfBody, fileQuery } from './import-file.ts';
import type { Market } from './markets.ts';

interface Dependencies {
  readonly store: Pick<Store, 'meterReadings' | 'connections'>;
  readonly markets: readonly Market[];
  /** Hears of days whose readings changed, after they are stored. */
  readonly onReadings?: (days: readonly ConnectionDay[]) => void;
  readonly clock: Clock;
}

/** A month of quarter hours of a hundred connections is some 25 MB. */
const MOST_BYTES = 128 * 1024 * 1024;

const jsonQuery = z.strictObject(fileQuery);
const csvQuery = z.strictObject({
  ...fileQuery,
  timeZone: z.string().optional(),
  ispDuration: z.string().optional(),
});

/**
 * The meter company's doors. What they take is stored whole or not at all, and the same file once.
 *
 * - `PUT /v1/meter-readings`: JSON of one day.
 * - `POST /v1/meter-readings`: the same, or a CSV file of any length, read as it comes in.
 */
export function meterReadingDoor(app: FastifyInstance, deps: Dependencies): void {
  const { store, markets, clock, onReadings } = deps;

  async function refuseStrangers(sheet: Sheet): Promise<void> {
    const places = new Map(sheet.connections());
    for (const connection of await store.connections.unknownAmong([...places.keys()])) {
      const place = places.get(connection)!;
      sheet.problems.push({ place, field: 'connection', reason: `${connection} is not in the portfolio` });
    }
  }

  async function keep(
    named: ImportedFile & { lines: number },
    sheet: Sheet,
    refuse: () => Refusal,
  ): Promise<object> {
    await refuseStrangers(sheet);
    const taken = await store.meterReadings.take(named, [...sheet.connections().keys()], async (known) => {
      const at = instant(clock);
      const gathered = await sheet.finish(known, at);
      return sheet.problems.length > 0 ? undefined : { ...gathered, at };
    });
    if (!taken) throw refuse();
    const { days, ...counts } = taken;
    if (days.length > 0) onReadings?.(days);
    return { ...counts, lines: named.lines, digest: named.digest, changedDays: days.length };
  }

  async function takeJson(request: FastifyRequest): Promise<object> {
    const { source = 'readings.json', again } = parseBody(jsonQuery, request.query);
    const body = inFile(source, () => parseBody(jsonReadings, request.body));
    const sheet = new Sheet(inFile(source, () => gridOf(markets, body)));
    gatherJson(body, sheet);
    const lines = body.readings.reduce((sum, { isps }) => sum + isps.length, 0);
    const named = { digest: digestOfBody(body), source, lines, again };
    return keep(named, sheet, () => jsonFileRefused(source, jsonProblems(body, sheet.problems)));
  }

  async function takeCsv(request: FastifyRequest): Promise<object> {
    const { source = 'readings.csv', again, ...market } = parseBody(csvQuery, request.query);
    const sheet = new Sheet(gridOf(markets, market));
    const { bytes, digest } = digesting(request.body as AsyncIterable<Uint8Array>);
    const lines = await gatherCsv(bytes, sheet, MOST_BYTES);
    const named = { digest: digest(), source, lines, again };
    return keep(named, sheet, () => fileRefused(source, sheet.problems));
  }

  // Read by the handler, as it comes in.
  app.addContentTypeParser('text/csv', (_request, payload, done) => done(null, payload));

  app.put('/v1/meter-readings', takeJson);
  app.post('/v1/meter-readings', { bodyLimit: MOST_BYTES }, (request) =>
    request.headers['content-type']?.startsWith('text/csv') ? takeCsv(request) : takeJson(request),
  );
}
