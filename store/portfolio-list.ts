import { createHash } from 'node:crypto';
import type { Db } from './client.ts';
import {
  changeOf,
  type ConnectionChange,
  type PortfolioList,
  type RepresentedConnection,
  type StandingConnection,
  textOf,
} from './connection-diff.ts';
import { type ConnectionRow, standingOf } from './connection-row.ts';

/** A list to be compared with the portfolio, and perhaps applied. */
export interface ListToApply extends PortfolioList {
  /** In any order; the days of one connection do not overlap. */
  readonly connections: readonly RepresentedConnection[];
  readonly apply: boolean;
  /** The tag of the comparison that is to be applied. */
  readonly expected?: string;
  /** Who does it, and when (ISO, UTC). */
  readonly by: string;
  readonly at: string;
  /** How many changes are told one by one, of each kind; the others are counted. */
  readonly show?: number;
}

/** What a list changes. */
export interface ListApplied {
  /** The version of the portfolio that it was compared with; after it was applied, the version that it made. */
  readonly version: number;
  /** Stands for exactly these changes to exactly that version. */
  readonly tag: string;
  readonly applied: boolean;
  /** Connections. */
  readonly added: number;
  readonly changed: number;
  readonly leaving: number;
  readonly unchanged: number;
  /** The first of each kind, by connection. */
  readonly changes: readonly ConnectionChange[];
}

const rowsAtOnce = 5_000;

/**
 * One pass over the portfolio and the list, both in the order of the connections; what changes is written as it is
 * met. Whoever calls this has begun a transaction, and it is taken back where the changes are not the expected ones.
 */
export async function applyList(tx: Db, list: ListToApply): Promise<ListApplied> {
  // One list after the other: what is compared stands until this transaction ends.
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('flexor.portfolio', 0))`;
  const last = await tx.portfolioVersion.findFirst({ orderBy: { version: 'desc' } });
  const base = last?.version ?? 0;
  const writer = changeWriter(tx, base + 1);
  const digest = createHash('sha256').update(String(base));
  const counts = { added: 0, changed: 0, leaving: 0 };
  const shown: ConnectionChange[] = [];
  let unchanged = 0;
  const willApply = list.apply && list.expected === undefined;
  const pending: ConnectionChange[] = [];
  for await (const [connection, before, listed] of merged(standing(tx), list.connections)) {
    const change = changeOf(connection, before, listed, list);
    if (change === undefined) {
      unchanged += 1;
      continue;
    }
    counts[change.kind] += 1;
    if (counts[change.kind] <= (list.show ?? 0)) shown.push(change);
    digest.update(`\n${change.kind} ${connection} ${change.after.map(textOf).join(' ')}`);
    if (willApply) await writer.write(change);
    else if (list.apply) pending.push(change);
  }
  const total = counts.added + counts.changed + counts.leaving;
  const tag = `${base}-${digest.digest('hex').slice(0, 24)}`;
  const applied = list.apply && (list.expected === undefined || list.expected === tag);
  const result = { tag, ...counts, unchanged, changes: shown };
  if (!applied || total === 0) return { version: base, applied, ...result };
  for (const change of pending) await writer.write(change);
  await writer.flush();
  const { origin, by, at } = list;
  await tx.portfolioVersion.create({ data: { version: base + 1, at: new Date(at), by, origin, ...counts } });
  return { version: base + 1, applied, ...result };
}

/** What stands, in the order of the connections, without ever being in memory as a whole. */
async function* standing(tx: Db): AsyncGenerator<StandingConnection> {
  await tx.$executeRaw`
    DECLARE standing NO SCROLL CURSOR FOR
    SELECT connection, start_period, end_period, metering_ean, assets, origin FROM represented_connection
    WHERE until_version IS NULL ORDER BY connection COLLATE "C", start_period`;
  for (;;) {
    const rows = await tx.$queryRaw<ConnectionRow[]>`FETCH 5000 FROM standing`;
    for (const row of rows) yield standingOf(row);
    if (rows.length < rowsAtOnce) break;
  }
  await tx.$executeRaw`CLOSE standing`;
}

/** Every connection of either side, with what both say about it. */
async function* merged(
  stored: AsyncGenerator<StandingConnection>,
  connections: readonly RepresentedConnection[],
): AsyncGenerator<[string, StandingConnection[], RepresentedConnection[]]> {
  const listed = connections.toSorted(
    (a, b) => order(a.connection, b.connection) || order(a.startPeriod, b.startPeriod),
  );
  let at = 0;
  let next = await stored.next();
  while (!next.done || at < listed.length) {
    const here = next.done ? undefined : next.value.connection;
    const there = listed[at]?.connection;
    const connection = here === undefined || (there !== undefined && there < here) ? there! : here;
    const before: StandingConnection[] = [];
    while (!next.done && next.value.connection === connection) {
      before.push(next.value);
      next = await stored.next();
    }
    const from = at;
    while (listed[at]?.connection === connection) at += 1;
    yield [connection, before, listed.slice(from, at)];
  }
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Closes rows and opens others, thousands at a time. */
function changeWriter(tx: Db, version: number) {
  let closed: { connection: string; start: string }[] = [];
  let opened: StandingConnection[] = [];

  async function flush(): Promise<void> {
    const closing = JSON.stringify(closed);
    await tx.$executeRaw`
      UPDATE represented_connection AS row SET until_version = ${version}
      FROM jsonb_to_recordset(${closing}::jsonb) AS gone (connection text, start text)
      WHERE row.until_version IS NULL AND row.connection = gone.connection AND row.start_period = gone.start`;
    const opening = JSON.stringify(opened);
    await tx.$executeRaw`
      INSERT INTO represented_connection
        (id, connection, start_period, end_period, metering_ean, assets, origin, since_version)
      SELECT gen_random_uuid(), connection, "startPeriod", "endPeriod", "meteringEAN", assets, origin, ${version}
      FROM jsonb_to_recordset(${opening}::jsonb) AS come (connection text, "startPeriod" text, "endPeriod" text,
        "meteringEAN" text, assets jsonb, origin text)`;
    closed = [];
    opened = [];
  }

  return {
    flush,
    async write({ before, after }: ConnectionChange): Promise<void> {
      const stay = new Set(before.map(textOf));
      const come = new Set(after.map(textOf));
      for (const each of before)
        if (!come.has(textOf(each))) closed.push({ connection: each.connection, start: each.startPeriod });
      for (const each of after) if (!stay.has(textOf(each))) opened.push(each);
      if (opened.length + closed.length >= rowsAtOnce) await flush();
    },
  };
}
