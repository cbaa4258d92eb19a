import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type Clock, instant } from '../../base/index.ts';
import type { ImportedFile, Store } from '../../store/index.ts';
import { gatherForecasts, type HandedIn } from '../forecasts/csv-forecasts.ts';
import { fileRefused } from '../readings/refusal.ts';
import { bodyInvalid, field, type FieldError, parseBody } from './body.ts';
import { digesting, digestOfBody, fileQuery } from './import-file.ts';
import { ispsOf, type Market } from './markets.ts';
import { entityAddress, isCalendarDay } from './scalars.ts';

const baseline = z.strictObject({
  congestionPoint: field.entityAddress.optional(),
  connection: field.entityAddress.optional(),
  period: field.day,
  reference: z.string().min(1, 'is empty').optional(),
  power: z.array(field.power).min(1, 'is empty'),
});

const query = z.strictObject(fileQuery);

/** A month of a thousand connections. */
const MOST_BYTES = 128 * 1024 * 1024;

interface Dependencies {
  readonly store: Pick<Store, 'forecasts'>;
  readonly markets: readonly Market[];
  /** Hears of days whose forecasts changed, after they are stored. What it throws is told to whoever handed them in. */
  readonly onForecasts?: (periods: readonly string[]) => Promise<void>;
  readonly clock: Clock;
}

/**
 * `PUT /v1/baselines`: the forecasting system's door. The expected power of a day in W per ISP: of a congestion point
 * under the BaselineReference agreed with the DSO; or, without a reference, of a congestion point or a connection, as
 * the forecast that D-Prognoses are made of. JSON holds one day; CSV (`text/csv`) any number, one line for each ISP.
 * What is sent last stands; the same file is taken once.
 */
export function baselineDoor(app: FastifyInstance, deps: Dependencies): void {
  const { store, markets, onForecasts, clock } = deps;

  async function keep(file: ImportedFile, days: readonly HandedIn[]): Promise<object> {
    const recordedAt = instant(clock);
    const agreed = days.flatMap(({ congestionPoint, period, reference, power }) =>
      reference === undefined || congestionPoint === undefined
        ? []
        : [{ congestionPoint, period, reference, power, recordedAt }],
    );
    const forecasts = days
      .filter(({ reference }) => reference === undefined)
      .map(({ congestionPoint, connection, period, power }) => ({
        level: connection === undefined ? ('congestion-point' as const) : ('connection' as const),
        entityAddress: (connection ?? congestionPoint)!,
        ...{ period, power, recordedAt },
      }));
    const counted = { ...file, days: days.length, at: recordedAt };
    const taken = await store.forecasts.take(counted, forecasts, agreed);
    // Of a repeated file too: the first time, something may have come between.
    if (forecasts.length > 0)
      await onForecasts?.([...new Set(forecasts.map(({ period }) => period))].toSorted());
    return { days: days.length, digest: file.digest, repeated: !taken };
  }

  app.put('/v1/baselines', { bodyLimit: MOST_BYTES }, async (request) => {
    const { source, again } = parseBody(query, request.query);
    // CSV is read here, as it comes in, by the parser that all doors for files share.
    if (!request.headers['content-type']?.startsWith('text/csv')) {
      const body = parseBody(baseline, request.body);
      const wrong = problemsOf(body, markets);
      if (wrong.length > 0) throw bodyInvalid(wrong);
      return keep({ digest: digestOfBody(body), source: source ?? 'forecasts.json', again }, [body]);
    }
    const name = source ?? 'forecasts.csv';
    const { bytes, digest } = digesting(request.body as AsyncIterable<Uint8Array>);
    const { days, problems } = await gatherForecasts(bytes, MOST_BYTES);
    for (const { line, day } of days) {
      for (const { path, message } of [...formOf(day), ...problemsOf(day, markets)]) {
        problems.push({ place: line, field: path, reason: message });
      }
    }
    if (problems.length > 0) throw fileRefused(name, problems);
    return keep(
      { digest: digest(), source: name, again },
      days.map(({ day }) => day),
    );
  });
}

/** What a file's cells are wrong in by their form. */
function formOf({ congestionPoint, connection, period }: HandedIn): FieldError[] {
  const addresses = Object.entries({ congestionPoint, connection })
    .filter(([, value]) => value !== undefined && !entityAddress(value))
    .map(([path]) => ({ path, message: 'is not an EntityAddress such as ean.871685900012636543' }));
  return isCalendarDay(period)
    ? addresses
    : [...addresses, { path: 'period', message: 'is not a day such as 2026-01-01' }];
}

/** What is wrong with a day for the markets that are configured; its fields have their form. */
function problemsOf(day: HandedIn, markets: readonly Market[]): FieldError[] {
  const { congestionPoint, connection, period, reference, power } = day;
  if ((congestionPoint === undefined) === (connection === undefined)) {
    return [{ path: 'congestionPoint', message: 'or connection has to be there, one of the two' }];
  }
  if (reference !== undefined && connection !== undefined) {
    return [
      { path: 'reference', message: 'goes with a congestionPoint: DSOs agree on none for a connection' },
    ];
  }
  if (!isCalendarDay(period)) return [];
  const concerned = markets.filter(({ baselineReference }) => baselineReference === reference);
  if (concerned.length === 0) {
    const message =
      reference === undefined
        ? 'is missing, and no DSO has D-Prognoses as its baseline'
        : 'is not a reference that was agreed with a DSO';
    return [{ path: 'reference', message }];
  }
  const counts = [...new Set(concerned.map((market) => ispsOf(market, period)))];
  if (counts.includes(power.length)) return [];
  const message = `has ${power.length} values; ${period} has ${counts.join(' or ')} ISPs`;
  return [{ path: 'power', message }];
}
