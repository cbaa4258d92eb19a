import type { Baseline } from './baselines.ts';
import { inTransaction, type Db, type Transaction } from './client.ts';
import { type ImportedFile, lockImport } from './import.ts';
import { chunksOf } from './plain.ts';

/** Whether a forecast is of all we serve on a congestion point, or of one connection. */
export type ForecastLevel = 'congestion-point' | 'connection';

/** Expected power of a day, as a forecasting system handed it in. */
export interface UploadedForecast {
  readonly level: ForecastLevel;
  readonly entityAddress: string;
  readonly period: string;
  /** W by ISP, + is consumption; the first is ISP 1. */
  readonly power: readonly number[];
  /** ISO, UTC. */
  readonly recordedAt: string;
}

const rowsAtOnce = 1_000;

const keyOf = ({ level, entityAddress, period }: UploadedForecast): string =>
  JSON.stringify([level, entityAddress, period]);

const baselineKey = ({ congestionPoint, period, reference }: Baseline): string =>
  JSON.stringify([congestionPoint, period, reference]);

const spelled = ({ level, entityAddress: address, period, power, recordedAt: at }: UploadedForecast) => ({
  ...{ level, address, period, power, at },
});

/** Milliseconds; a file may hold a month of a thousand connections. */
const patience = { timeout: 120_000, maxWait: 10_000 };

/** Forecasts that were uploaded, by day. */
export function forecastsOf(db: Db) {
  return {
    /**
     * Keeps forecasts, and baselines that came with them, whole or not at all; for each address and day (and
     * reference) the last one saved stands.
     */
    async save(forecasts: readonly UploadedForecast[], baselines: readonly Baseline[] = []): Promise<void> {
      await inTransaction(() => db.$transaction((tx) => keep(tx, forecasts, baselines), patience));
    },

    /**
     * Keeps what a file holds, as `save` does. A file that was taken before is not taken again, however many hand it
     * in at the same time: an old one does not undo a newer one.
     *
     * @param at when it was handed in (ISO, UTC)
     * @returns false where it was taken before
     */
    async take(
      { again = false, ...file }: ImportedFile & { readonly days: number; readonly at: string },
      forecasts: readonly UploadedForecast[],
      baselines: readonly Baseline[],
    ): Promise<boolean> {
      return inTransaction(() =>
        db.$transaction(async (tx) => {
          const { digest } = file;
          await lockImport(tx, digest);
          const { count } = await tx.forecastImport.createMany({ data: [file], skipDuplicates: true });
          if (count === 0 && !again) return false;
          if (count === 0) await tx.forecastImport.update({ where: { digest }, data: file });
          await keep(tx, forecasts, baselines);
          return true;
        }, patience),
      );
    },

    /** The power (W by ISP) that was uploaded, by address; whoever is not in it has no forecast for the day. */
    async find(
      level: ForecastLevel,
      entityAddresses: readonly string[],
      period: string,
    ): Promise<Map<string, readonly number[]>> {
      const rows = await db.uploadedForecast.findMany({
        where: { level, period, entityAddress: { in: [...entityAddresses] } },
        select: { entityAddress: true, power: true },
      });
      return new Map(rows.map(({ entityAddress, power }) => [entityAddress, power]));
    },
  };
}

async function keep(
  tx: Transaction,
  forecasts: readonly UploadedForecast[],
  baselines: readonly Baseline[],
): Promise<void> {
  for (const { congestionPoint, period, reference, recordedAt, power } of inOrder(baselines, baselineKey)) {
    const key = { congestionPoint, period, reference };
    const said = { power: [...power], recordedAt };
    await tx.baseline.upsert({
      where: { congestionPoint_period_reference: key },
      create: { ...key, ...said },
      update: said,
    });
  }
  const last = [...new Map(forecasts.map((each) => [keyOf(each), each])).values()];
  for (const rows of chunksOf(inOrder(last, keyOf), rowsAtOnce)) {
    await tx.$executeRaw`
      INSERT INTO uploaded_forecast (level, entity_address, period, power, recorded_at)
      SELECT level, address, period,
        ARRAY(SELECT value::int FROM jsonb_array_elements_text(power) WITH ORDINALITY ORDER BY ordinality), at
      FROM jsonb_to_recordset(${JSON.stringify(rows.map(spelled))}::jsonb)
        AS given (level text, address text, period text, power jsonb, at timestamptz)
      ON CONFLICT (level, entity_address, period) DO UPDATE
        SET power = excluded.power, recorded_at = excluded.recorded_at
        WHERE uploaded_forecast.recorded_at <= excluded.recorded_at`;
  }
}

/** In the order of the key, so that two of these wait for each other instead of blocking each other. */
const inOrder = <T>(rows: readonly T[], key: (row: T) => string): T[] =>
  rows.toSorted((one, other) => (key(one) < key(other) ? -1 : 1));
