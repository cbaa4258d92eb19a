import type { Transaction } from './client.ts';
import type { KnownReadings, MeterValue, MeterValueKind, RegisterEvent } from './readings.ts';

type Reader = Pick<Transaction, 'meterReading' | 'meterValue' | '$queryRaw'>;
type Row = NonNullable<Awaited<ReturnType<Reader['meterValue']['findFirst']>>>;

const inOrder = [{ period: 'asc' as const }, { isp: 'asc' as const }];
const backwards = [{ period: 'desc' as const }, { isp: 'desc' as const }];

/** Reads what is known of a connection, in the order of time. */
export function knownIn(db: Reader) {
  return {
    async withValues(connections: readonly string[]): Promise<string[]> {
      const rows = await db.$queryRaw<{ connection: string }[]>`
        SELECT connection FROM unnest(${[...connections]}::text[]) AS asked (connection)
        WHERE EXISTS (SELECT FROM meter_value AS known WHERE known.connection = asked.connection)`;
      return rows.map(({ connection }) => connection);
    },

    async values(connection: string, from: string, to: string): Promise<MeterValue[]> {
      const where = { connection, period: { gte: from, lte: to } };
      return (await db.meterValue.findMany({ where, orderBy: inOrder })).map(valueOf);
    },

    async powers(connection: string, from: string, to: string) {
      const where = { connection, period: { gte: from, lte: to } };
      const rows = await db.meterReading.findMany({ where, orderBy: inOrder });
      return rows.map(({ recordedAt, ...row }) => ({ ...row, recordedAt: recordedAt.toISOString() }));
    },

    async registersAround(connection: string, kind: MeterValueKind, from: string, to: string) {
      const [before, after] = [
        await db.meterValue.findFirst({
          where: { connection, kind, period: { lt: from } },
          orderBy: backwards,
        }),
        await db.meterValue.findFirst({ where: { connection, kind, period: { gt: to } }, orderBy: inOrder }),
      ];
      return [before, after].flatMap((row) => (row === null ? [] : [valueOf(row)]));
    },
  } satisfies KnownReadings;
}

const valueOf = ({ kind, value, event, recordedAt, ...row }: Row): MeterValue => ({
  ...row,
  kind: kind as MeterValueKind,
  value: value.toFixed(),
  ...(event !== null && { event: event as unknown as RegisterEvent }),
  recordedAt: recordedAt.toISOString(),
});
