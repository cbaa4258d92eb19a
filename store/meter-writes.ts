import type { Transaction } from './client.ts';
import type { ConnectionDay, MeterReading, MeterValue, UnknownValue } from './readings.ts';
import { chunksOf } from './plain.ts';

/** How many values of a day are not what they were. */
export interface Written extends ConnectionDay {
  readonly added: number;
  readonly changed: number;
}

const daysAtOnce = 10_000;

const connectionsIn = (rows: readonly ConnectionDay[]): string[] => rows.map(({ connection }) => connection);
const periodsIn = (rows: readonly ConnectionDay[]): string[] => rows.map(({ period }) => period);

/** Locks there are for connections: a server has room for some thousands, and an import may have more connections. */
const SHARED_LOCKS = 256;

/**
 * Whoever changes readings of a connection waits here for whoever else does, always in the same order, until the
 * other's transaction ends: what follows from readings is worked out from those that stand.
 */
export async function lockConnections(tx: Transaction, connections: readonly string[]): Promise<void> {
  await tx.$executeRaw`
    SELECT pg_advisory_xact_lock(hashtext('flexor.meter'), place) FROM (
      SELECT DISTINCT abs(hashtext(connection) % ${SHARED_LOCKS}::int) AS place
      FROM unnest(${[...connections]}::text[]) AS given (connection) ORDER BY place
    ) AS places`;
}

/** Days that readings are to be counted on. */
export async function addDaysOf(tx: Transaction, days: readonly ConnectionDay[], at: string): Promise<void> {
  for (const rows of chunksOf(days, daysAtOnce)) {
    await tx.$executeRaw`
      INSERT INTO meter_day (connection, period, changed_at)
      SELECT connection, period, ${at}::timestamptz
      FROM unnest(${connectionsIn(rows)}::text[], ${periodsIn(rows)}::text[]) AS day (connection, period)
      ORDER BY connection, period
      ON CONFLICT DO NOTHING`;
  }
}

export async function writePowers(tx: Transaction, rows: readonly MeterReading[]): Promise<Written[]> {
  return tx.$queryRaw<Written[]>`
    WITH given AS (
      SELECT * FROM unnest(
        ${connectionsIn(rows)}::text[], ${periodsIn(rows)}::text[], ${rows.map(({ isp }) => isp)}::int[],
        ${rows.map(({ power }) => power)}::int[], ${rows.map(({ recordedAt }) => recordedAt)}::timestamptz[])
        AS row (connection, period, isp, power, recorded_at)
    ), superseded AS (
      INSERT INTO superseded_reading (connection, period, isp, kind, value, recorded_at, superseded_at)
      SELECT old.connection, old.period, old.isp, 'power', old.power, old.recorded_at, given.recorded_at
      FROM meter_reading AS old JOIN given USING (connection, period, isp)
      WHERE old.power <> given.power AND old.recorded_at <= given.recorded_at
    ), written AS (
      INSERT INTO meter_reading (connection, period, isp, power, recorded_at)
      SELECT connection, period, isp, power, recorded_at FROM given
      ON CONFLICT (connection, period, isp) DO UPDATE
        SET power = excluded.power, recorded_at = excluded.recorded_at
        WHERE meter_reading.power <> excluded.power AND meter_reading.recorded_at <= excluded.recorded_at
      RETURNING connection, period, xmax = 0 AS is_new
    )
    SELECT connection, period, count(*) FILTER (WHERE is_new)::int AS added,
      count(*) FILTER (WHERE NOT is_new)::int AS changed
    FROM written GROUP BY connection, period`;
}

export async function writeValues(tx: Transaction, rows: readonly MeterValue[]): Promise<Written[]> {
  return tx.$queryRaw<Written[]>`
    WITH given AS (
      SELECT * FROM unnest(
        ${connectionsIn(rows)}::text[], ${periodsIn(rows)}::text[], ${rows.map(({ isp }) => isp)}::int[],
        ${rows.map(({ kind }) => kind)}::text[], ${rows.map(({ value }) => value)}::numeric[],
        ${rows.map(({ event }) => (event ? JSON.stringify(event) : null))}::jsonb[],
        ${rows.map(({ recordedAt }) => recordedAt)}::timestamptz[])
        AS row (connection, period, isp, kind, value, event, recorded_at)
    ), superseded AS (
      INSERT INTO superseded_reading (connection, period, isp, kind, value, recorded_at, superseded_at)
      SELECT old.connection, old.period, old.isp, old.kind, old.value, old.recorded_at, given.recorded_at
      FROM meter_value AS old JOIN given USING (connection, period, isp, kind)
      WHERE (old.value, old.event) IS DISTINCT FROM (given.value, given.event)
        AND old.recorded_at <= given.recorded_at
    ), written AS (
      INSERT INTO meter_value (connection, period, isp, kind, value, event, recorded_at)
      SELECT connection, period, isp, kind, value, event, recorded_at FROM given
      ON CONFLICT (connection, period, isp, kind) DO UPDATE
        SET value = excluded.value, event = excluded.event, recorded_at = excluded.recorded_at
        WHERE (meter_value.value, meter_value.event) IS DISTINCT FROM (excluded.value, excluded.event)
          AND meter_value.recorded_at <= excluded.recorded_at
      RETURNING connection, period, xmax = 0 AS is_new
    )
    SELECT connection, period, count(*) FILTER (WHERE is_new)::int AS added,
      count(*) FILTER (WHERE NOT is_new)::int AS changed
    FROM written GROUP BY connection, period`;
}

/** Takes values away that are unknown again; what they were stays on record. */
export async function dropValues(
  tx: Transaction,
  rows: readonly UnknownValue[],
  at: string,
): Promise<Written[]> {
  return tx.$queryRaw<Written[]>`
    WITH given AS (
      SELECT * FROM unnest(
        ${connectionsIn(rows)}::text[], ${periodsIn(rows)}::text[], ${rows.map(({ isp }) => isp)}::int[],
        ${rows.map(({ kind }) => kind)}::text[]) AS row (connection, period, isp, kind)
    ), powers AS (
      DELETE FROM meter_reading AS old USING given
      WHERE given.kind = 'power' AND old.connection = given.connection AND old.period = given.period
        AND old.isp = given.isp AND old.recorded_at <= ${at}::timestamptz
      RETURNING old.connection, old.period, old.isp, 'power' AS kind, old.power::numeric AS value, old.recorded_at
    ), others AS (
      DELETE FROM meter_value AS old USING given
      WHERE old.kind = given.kind AND old.connection = given.connection AND old.period = given.period
        AND old.isp = given.isp AND old.recorded_at <= ${at}::timestamptz
      RETURNING old.connection, old.period, old.isp, old.kind, old.value, old.recorded_at
    ), gone AS (
      SELECT * FROM powers UNION ALL SELECT * FROM others
    ), superseded AS (
      INSERT INTO superseded_reading (connection, period, isp, kind, value, recorded_at, superseded_at)
      SELECT connection, period, isp, kind, value, recorded_at, ${at}::timestamptz FROM gone
    )
    SELECT connection, period, 0 AS added, count(*)::int AS changed FROM gone GROUP BY connection, period`;
}

/** Notes that days changed, and how many of their ISPs are known now. */
export async function countDays(tx: Transaction, days: readonly ConnectionDay[]): Promise<void> {
  await tx.$executeRaw`
    UPDATE meter_day AS day
    SET revision = day.revision + 1, power = powers.known, changed_at = greatest(day.changed_at, powers.at, others.at),
      import_energy = others.import_energy, export_energy = others.export_energy,
      import_register = others.import_register, export_register = others.export_register
    FROM unnest(${connectionsIn(days)}::text[], ${periodsIn(days)}::text[]) AS changed (connection, period),
      LATERAL (
        SELECT count(*)::int AS known, max(recorded_at) AS at FROM meter_reading AS m
        WHERE m.connection = changed.connection AND m.period = changed.period
      ) AS powers,
      LATERAL (
        SELECT max(recorded_at) AS at,
          count(*) FILTER (WHERE kind = 'importEnergy')::int AS import_energy,
          count(*) FILTER (WHERE kind = 'exportEnergy')::int AS export_energy,
          count(*) FILTER (WHERE kind = 'importRegister')::int AS import_register,
          count(*) FILTER (WHERE kind = 'exportRegister')::int AS export_register
        FROM meter_value AS v WHERE v.connection = changed.connection AND v.period = changed.period
      ) AS others
    WHERE day.connection = changed.connection AND day.period = changed.period`;
}
