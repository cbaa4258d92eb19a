import { createHash } from 'node:crypto';
import { Prisma } from './generated/client.ts';

/** A database row as the rest of Flexor sees it: instants as ISO strings, decimals as strings, no nulls. */
export type Plain<Row> = {
  [K in keyof Row as null extends Row[K] ? never : K]: PlainValue<Row[K]>;
} & {
  [K in keyof Row as null extends Row[K] ? K : never]?: PlainValue<NonNullable<Row[K]>>;
};

type PlainValue<V> = V extends Date
  ? string
  : V extends Prisma.Decimal
    ? string
    : V extends bigint
      ? number
      : V extends Uint8Array
        ? Uint8Array
        : V;

/** Rids a row of everything that is the database client's own. Nulls are left out. */
export function plain<Row extends object>(row: Row): Plain<Row> {
  const entries = Object.entries(row).filter(([, value]) => value !== null);
  return Object.fromEntries(entries.map(([name, value]) => [name, plainValue(value)])) as Plain<Row>;
}

function plainValue(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'bigint') return Number(value);
  // Never the exponent form, which is no decimal of XML Schema.
  if (Prisma.Decimal.isDecimal(value)) return value.toFixed();
  return value;
}

/** The bytes, in the type that the database client insists on. */
export function bytes(value: Uint8Array): Uint8Array<ArrayBuffer> {
  return value as Uint8Array<ArrayBuffer>;
}

/** A JSON column's value: what goes in has to be plain JSON. */
export function json(value: unknown): Prisma.InputJsonValue {
  return value as Prisma.InputJsonValue;
}

/** MessageIDs are UUIDs, compared without regard to case: they are kept and looked up in lower case. */
export function messageKey(messageId: string): string {
  return messageId.toLowerCase();
}

export function sha256(value: Uint8Array): string {
  return createHash('sha256').update(value).digest('hex');
}

/** Cuts a list into parts of at most `size`. */
export function chunksOf<T>(rows: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, i) =>
    rows.slice(i * size, (i + 1) * size),
  );
}
