import type { StandingConnection } from './connection-diff.ts';

/** A row of the table as a query returns it. */
export interface ConnectionRow {
  connection: string;
  start_period: string;
  end_period: string | null;
  metering_ean: string | null;
  assets: object[];
  origin: 'configuration' | 'import';
}

/** A row as the rest of Flexor sees it. */
export function standingOf(row: ConnectionRow): StandingConnection {
  return {
    connection: row.connection,
    startPeriod: row.start_period,
    ...(row.end_period !== null && { endPeriod: row.end_period }),
    ...(row.metering_ean !== null && { meteringEAN: row.metering_ean }),
    assets: row.assets,
    origin: row.origin,
  };
}
