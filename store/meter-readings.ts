import { inTransaction, type Db } from './client.ts';
import { chunksOf } from './plain.ts';

/** Measured power of a connection in one ISP. */
export interface MeterReading {
  readonly connection: string;
  readonly period: string;
  /** ISP number, from 1. */
  readonly isp: number;
  /** W, + is consumption. */
  readonly power: number;
  /** ISO, UTC. */
  readonly recordedAt: string;
}

const rowsAtOnce = 10_000;

export function meterReadingsOf(db: Db) {
  return {
    /** Keeps readings, whole or not at all. A corrected reading replaces an earlier one; one recorded earlier never replaces a later. */
    async save(readings: readonly MeterReading[]): Promise<void> {
      // A statement may touch a row only once.
      const newest = new Map<string, MeterReading>();
      for (const reading of readings) {
        const key = JSON.stringify([reading.connection, reading.period, reading.isp]);
        const other = newest.get(key);
        if (other === undefined || other.recordedAt <= reading.recordedAt) newest.set(key, reading);
      }
      // In the order of the key, so that two of these wait for each other instead of blocking each other.
      const sorted = [...newest].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, reading]) => reading);
      const statements = chunksOf(sorted, rowsAtOnce).map((rows) => {
        return db.$executeRaw`
          INSERT INTO meter_reading (connection, period, isp, power, recorded_at)
          SELECT * FROM unnest(
            ${rows.map((row) => row.connection)}::text[], ${rows.map((row) => row.period)}::text[],
            ${rows.map((row) => row.isp)}::int[], ${rows.map((row) => row.power)}::int[],
            ${rows.map((row) => row.recordedAt)}::timestamptz[])
          ON CONFLICT (connection, period, isp) DO UPDATE
            SET power = excluded.power, recorded_at = excluded.recorded_at
            WHERE meter_reading.recorded_at <= excluded.recorded_at`;
      });
      await inTransaction(() => db.$transaction(statements));
    },

    /**
     * Power of a group of connections per ISP of a day of `isps` ISPs, in W; the first is ISP 1. Null where the
     * reading of any of them is missing: unknown, not zero. So is every ISP of a group without connections.
     */
    async sumOver(connections: readonly string[], period: string, isps: number): Promise<(number | null)[]> {
      const group = [...new Set(connections)];
      const sums = await db.$queryRaw<{ isp: number; power: bigint }[]>`
        SELECT isp, sum(power)::bigint AS power FROM meter_reading
        WHERE connection = ANY(${group}::text[]) AND period = ${period}
        GROUP BY isp HAVING count(*) = ${group.length}`;
      const powers = new Map(sums.map(({ isp, power }) => [isp, Number(power)]));
      return Array.from({ length: isps }, (_, index) => powers.get(index + 1) ?? null);
    },
  };
}
