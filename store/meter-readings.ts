import { type Db, inTransaction, type Transaction } from './client.ts';
import { type ImportedFile, lockImport } from './import.ts';
import {
  addDaysOf,
  countDays,
  dropValues,
  lockConnections,
  type Written,
  writePowers,
  writeValues,
} from './meter-writes.ts';
import { knownIn } from './known-readings.ts';
import { chunksOf } from './plain.ts';
import type {
  ConnectionDay,
  JudgedReadings,
  KnownReadings,
  MeterReading,
  MeterValue,
  SavedFile,
  SavedReadings,
} from './readings.ts';

const rowsAtOnce = 10_000;
/** Milliseconds; a month of a hundred connections is a million values. */
const patience = { timeout: 300_000, maxWait: 10_000 };
const unchangedAny: Pick<SavedReadings, 'added' | 'changed'> = { added: 0, changed: 0 };

export function meterReadingsOf(db: Db) {
  return {
    /**
     * Keeps readings, whole or not at all. A corrected reading replaces an earlier one, which stays on record; one
     * recorded earlier never replaces a later. What says the same changes nothing.
     */
    async save(powers: readonly MeterReading[], values: readonly MeterValue[] = []): Promise<SavedReadings> {
      return inTransaction(() =>
        db.$transaction(async (tx) => {
          await lockConnections(tx, connectionsOf([...powers, ...values]));
          return keep(tx, { powers, values, at: (powers[0] ?? values[0])?.recordedAt ?? '' });
        }, patience),
      );
    },

    /**
     * Keeps what a file of readings of these connections comes to, beside what is known: nobody changes readings of
     * theirs from before `judge` looks at what is known until its judgement is kept. A file that was taken before
     * is not taken again, however many hand it in at the same time.
     *
     * @param judge undefined: there is something wrong, and nothing is kept
     */
    async take(
      file: ImportedFile & { readonly lines: number },
      connections: readonly string[],
      judge: (known: KnownReadings) => Promise<JudgedReadings | undefined>,
    ): Promise<SavedFile | undefined> {
      const { again = false, ...named } = file;
      return inTransaction(() =>
        db.$transaction(async (tx) => {
          await lockImport(tx, file.digest);
          const earlier = again ? undefined : await importOf(tx, file.digest);
          if (earlier) return { ...earlier, days: [], repeated: true };
          await lockConnections(tx, connections);
          const judged = await judge(knownIn(tx));
          if (!judged) return undefined;
          const { days, ...counts } = await keep(tx, judged);
          const { id } = await tx.meterImport.create({
            data: { ...named, ...counts, at: judged.at },
            select: { id: true },
          });
          return { ...counts, days, importId: id, repeated: false };
        }, patience),
      );
    },

    /** What is known of a connection beside power, from one day to another, both included; in order. */
    async valuesOf(connection: string, from: string, to: string): Promise<MeterValue[]> {
      return knownIn(db).values(connection, from, to);
    },

    /** Power of a connection on one day by ISP, in W; what is missing is unknown. */
    async powerOf(connection: string, period: string): Promise<ReadonlyMap<number, number>> {
      const rows = await db.meterReading.findMany({
        where: { connection, period },
        select: { isp: true, power: true },
        orderBy: { isp: 'asc' },
      });
      return new Map(rows.map(({ isp, power }) => [isp, power]));
    },

    /** How often the readings of a connection's day changed; 0 where there are none. */
    async revisionOf(connection: string, period: string): Promise<number> {
      const day = await db.meterDay.findUnique({
        where: { connection_period: { connection, period } },
        select: { revision: true },
      });
      return day?.revision ?? 0;
    },

    /** Readings of a day that were corrected, as they stood before; in the order of the corrections. */
    async correctionsOf(connection: string, period: string) {
      const rows = await db.supersededReading.findMany({
        where: { connection, period },
        orderBy: { id: 'asc' },
      });
      return rows.map(({ isp, kind, value, recordedAt, supersededAt }) => ({
        isp,
        kind,
        value: value.toFixed(),
        recordedAt: recordedAt.toISOString(),
        supersededAt: supersededAt.toISOString(),
      }));
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

/** The import of a file with this digest: the first, if it was forced in again. */
async function importOf(tx: Transaction, digest: string) {
  const row = await tx.meterImport.findFirst({ where: { digest }, orderBy: { at: 'asc' } });
  if (!row) return undefined;
  const { id: importId, added, changed, unchanged } = row;
  return { importId, added, changed, unchanged };
}

/** Writes readings of connections that are locked. */
async function keep(
  tx: Transaction,
  { powers, values, unknown = [], at }: JudgedReadings,
): Promise<SavedReadings> {
  const newestPowers = newest(powers, ({ connection, period, isp }) => [connection, period, isp]);
  const newestValues = newest(values, ({ connection, period, isp, kind }) => [connection, period, isp, kind]);
  await addDaysOf(tx, daysOf([...newestPowers, ...newestValues]), at);
  const written: Written[] = [];
  for (const rows of chunksOf(newestPowers, rowsAtOnce)) written.push(...(await writePowers(tx, rows)));
  for (const rows of chunksOf(newestValues, rowsAtOnce)) written.push(...(await writeValues(tx, rows)));
  for (const rows of chunksOf(unknown, rowsAtOnce)) written.push(...(await dropValues(tx, rows, at)));
  const days = daysOf(written);
  for (const rows of chunksOf(days, rowsAtOnce)) await countDays(tx, rows);
  const { added, changed } = written.reduce(
    (sum, row) => ({ added: sum.added + row.added, changed: sum.changed + row.changed }),
    unchangedAny,
  );
  return {
    ...{ added, changed, days },
    unchanged: newestPowers.length + newestValues.length + unknown.length - added - changed,
  };
}

const connectionsOf = (rows: readonly ConnectionDay[]): string[] => [
  ...new Set(rows.map(({ connection }) => connection)),
];

/** The newest of each key, in the order of the keys: a statement may touch a row only once. */
function newest<R extends { readonly recordedAt: string }>(
  rows: readonly R[],
  keyOf: (row: R) => readonly (string | number)[],
): R[] {
  const found = new Map<string, R>();
  for (const row of rows) {
    const key = JSON.stringify(keyOf(row));
    const other = found.get(key);
    if (other === undefined || other.recordedAt <= row.recordedAt) found.set(key, row);
  }
  return [...found].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

function daysOf(rows: readonly ConnectionDay[]): ConnectionDay[] {
  const days = new Map(
    rows.map(({ connection, period }) => [`${connection} ${period}`, { connection, period }]),
  );
  return [...days].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, day]) => day);
}
