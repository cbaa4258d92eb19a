/** Whose list a connection is on. */
export type Origin = 'configuration' | 'import';

/** Days under contract of a connection, and what stands behind it then. Plain JSON. */
export interface RepresentedConnection {
  /** EntityAddress, `ean.…` or `ea1.…`. */
  readonly connection: string;
  /** First day represented, `YYYY-MM-DD`. */
  readonly startPeriod: string;
  /** Last day represented, inclusive; absent: until further notice. Before the first day: never represented after all. */
  readonly endPeriod?: string;
  /** What its Metering messages name, where that is not the connection's own EAN. */
  readonly meteringEAN?: string;
  /** The assets behind it, as the configuration writes them. */
  readonly assets: readonly object[];
}

/** As it stands in the store. */
export interface StandingConnection extends RepresentedConnection {
  readonly origin: Origin;
}

/** A list that is to be the whole portfolio of its origin. */
export interface PortfolioList {
  readonly origin: Origin;
  /** The last day on which a connection that is not on the list any more is represented, `YYYY-MM-DD`. */
  readonly leavesOn: string;
}

/** What a list changes about one connection. */
export interface ConnectionChange {
  readonly connection: string;
  readonly kind: 'added' | 'changed' | 'leaving';
  readonly before: readonly StandingConnection[];
  readonly after: readonly StandingConnection[];
}

/**
 * What a list changes about one connection, which has `before` in the store and `listed` on the list (both by first
 * day); undefined: nothing.
 *
 * - The configuration is a seed: a connection that an import named belongs to imports.
 * - A list speaks of its own origin: what it does not name leaves, with an explicit last day, unless another origin
 *   named it. UFTP, AGRPortfolioUpdate: a registry may read an update as the whole or as a change; only a last day
 *   ends a representation in both readings.
 * - Days before those that are listed stay as they were.
 */
export function changeOf(
  connection: string,
  before: readonly StandingConnection[],
  listed: readonly RepresentedConnection[],
  { origin, leavesOn }: PortfolioList,
): ConnectionChange | undefined {
  if (origin === 'configuration' && before.some((each) => each.origin === 'import')) return undefined;
  const after = listed.length > 0 ? joined(before, listed, origin) : left(before, origin, leavesOn);
  if (same(before, after)) return undefined;
  const kind = before.length === 0 ? 'added' : listed.length > 0 ? 'changed' : 'leaving';
  return { connection, kind, before, after };
}

function joined(
  before: readonly StandingConnection[],
  listed: readonly RepresentedConnection[],
  origin: Origin,
): StandingConnection[] {
  const first = listed[0]!.startPeriod;
  const past = before.filter(
    ({ startPeriod, endPeriod }) => endPeriod && startPeriod <= endPeriod && endPeriod < first,
  );
  return [...past, ...listed.map((each) => ({ ...each, origin }))];
}

function left(
  before: readonly StandingConnection[],
  origin: Origin,
  leavesOn: string,
): readonly StandingConnection[] {
  return before.map((each) => {
    if (each.origin !== origin || (each.endPeriod && each.endPeriod <= leavesOn)) return each;
    return { ...each, endPeriod: each.startPeriod <= leavesOn ? leavesOn : dayBefore(leavesOn) };
  });
}

/** Whether two lists of days say the same, whatever the order of the fields. */
const same = (one: readonly StandingConnection[], other: readonly StandingConnection[]): boolean =>
  one.length === other.length && one.every((each, i) => textOf(each) === textOf(other[i]!));

/** A connection's days as a text that is equal where they are. */
export const textOf = ({ startPeriod, endPeriod, meteringEAN, assets, origin }: StandingConnection): string =>
  JSON.stringify([startPeriod, endPeriod ?? '', meteringEAN ?? '', origin, sorted(assets)]);

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!(value instanceof Object)) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, sorted(each)]);
}

function dayBefore(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() - 1);
  return date.toISOString().slice(0, 10);
}
