import { randomUUID } from 'node:crypto';
import { inTransaction, type Db, type Transaction } from './client.ts';
import { plain } from './plain.ts';

export type AlertSeverity = 'warning' | 'critical';
/** `open` until it no longer holds (`resolved`) or somebody takes it on (`acknowledged`). */
export type AlertState = 'open' | 'acknowledged' | 'resolved';

/** What somebody raises. */
export interface RaisedAlert {
  /** The id of the workflow that it is about, or the name of a part of Flexor. */
  readonly source: string;
  /** Names the matter: under one key a source has one alert at a time. */
  readonly key: string;
  readonly severity: AlertSeverity;
  /** A sentence for people. */
  readonly text: string;
  /** ISO, UTC. */
  readonly raisedAt: string;
}

/** Something that a person has to know. Instants are ISO, UTC. */
export interface StoredAlert extends RaisedAlert {
  readonly id: string;
  readonly state: AlertState;
  readonly resolvedAt?: string;
  readonly acknowledgedAt?: string;
  readonly acknowledgedBy?: string;
}

/** An alert as a conversation's state has it. */
export interface ConversationAlert {
  readonly key: string;
  /** When it was raised (ISO, UTC). */
  readonly at: string;
  readonly severity: AlertSeverity;
  readonly text: string;
  readonly resolved?: boolean;
}

/** An alert that the webhook is to be told, and how often that failed. */
export interface AlertToTell {
  readonly alert: StoredAlert;
  readonly attempts: number;
}

interface Row {
  readonly id: string;
  readonly source: string;
  readonly key: string;
  readonly severity: string;
  readonly text: string;
  readonly raisedAt: Date;
  readonly resolvedAt: Date | null;
  readonly acknowledgedAt: Date | null;
  readonly acknowledgedBy: string | null;
  readonly tellAttempts: number;
}

const untold = { told: null };
const resolutionUntold = { told: 'raised', resolvedAt: { not: null } };

/** What people have to know, and whether somebody does. */
export function alertsOf(db: Db) {
  return {
    /** Makes the alerts of a conversation what its state says, on their own; see `syncAlerts`. */
    async sync(source: string, alerts: readonly ConversationAlert[], at: string): Promise<void> {
      await inTransaction(() => db.$transaction((tx) => syncAlerts(tx, source, alerts, at)));
    },

    /** Raises an alert; while the source's alert under this key stands, acknowledged or not, nothing happens. */
    async raise(alert: RaisedAlert): Promise<void> {
      await db.alert.createMany({ data: [alert], skipDuplicates: true });
    },

    /** The matter no longer holds. Does nothing where no alert stands. */
    async resolve(source: string, key: string, at: string): Promise<void> {
      await db.alert.updateMany({ where: { source, key, resolvedAt: null }, data: { resolvedAt: at } });
    },

    /** Keys of a source's alerts that stand, acknowledged or not, and begin like this. */
    async standingKeys(source: string, beginning: string): Promise<string[]> {
      const where = { source, resolvedAt: null, key: { startsWith: beginning } };
      return (await db.alert.findMany({ where, select: { key: true } })).map(({ key }) => key);
    },

    /** Somebody takes it on. The first to do so stays; undefined where there is no such alert. */
    async acknowledge(id: string, by: string, at: string): Promise<StoredAlert | undefined> {
      await db.alert.updateMany({
        where: { id, acknowledgedAt: null },
        data: { acknowledgedAt: at, acknowledgedBy: by },
      });
      const row = await db.alert.findUnique({ where: { id } });
      return row ? stored(row) : undefined;
    },

    /** Alerts, open ones first, then acknowledged ones, then resolved ones; within those, the newest first. */
    async list(query: {
      readonly limit: number;
      readonly state?: AlertState;
      readonly severity?: AlertSeverity;
      readonly source?: string;
    }): Promise<StoredAlert[]> {
      const { limit, state, severity, source } = query;
      const found: StoredAlert[] = [];
      for (const each of state ? [state] : STATES) {
        const rows = await db.alert.findMany({
          where: { ...whereState[each], ...(severity && { severity }), ...(source && { source }) },
          orderBy: [{ raisedAt: 'desc' }, { id: 'asc' }],
          take: limit - found.length,
        });
        found.push(...rows.map(stored));
      }
      return found;
    },

    /** How many are open, by severity. */
    async countOpen(): Promise<Record<AlertSeverity, number>> {
      const where = whereState.open;
      const [warning, critical] = await Promise.all([
        db.alert.count({ where: { ...where, severity: 'warning' } }),
        db.alert.count({ where: { ...where, severity: 'critical' } }),
      ]);
      return { warning, critical };
    },

    /**
     * Takes the oldest alert that is to be told, for `until`: nobody else gets it before then. It comes again,
     * unless `told` is called; so whoever dies in between makes it be told twice, and never not at all.
     */
    async takeToTell(now: string, until: string): Promise<AlertToTell | undefined> {
      const [taken] = await db.$queryRaw<{ id: string }[]>`
        UPDATE alert SET tell_after = ${until}::timestamptz, tell_attempts = tell_attempts + 1
        WHERE id = (
          SELECT id FROM alert
          WHERE (told IS NULL OR (told = 'raised' AND resolved_at IS NOT NULL))
            AND (tell_after IS NULL OR tell_after <= ${now}::timestamptz)
          ORDER BY raised_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING id::text`;
      const row = taken && (await db.alert.findUnique({ where: { id: taken.id } }));
      return row ? { alert: stored(row), attempts: row.tellAttempts - 1 } : undefined;
    },

    /** The alert was told as it stood; should it be resolved since, it will be told once more. */
    async told({ id, resolvedAt }: Pick<StoredAlert, 'id' | 'resolvedAt'>): Promise<void> {
      const told = resolvedAt === undefined ? 'raised' : 'resolved';
      await db.alert.update({
        where: { id },
        data: { told, tellAttempts: 0, tellAfter: null },
        select: { id: true },
      });
    },

    /** It could not be told: it comes again after this instant. */
    async notTold(id: string, tellAfter: string): Promise<void> {
      await db.alert.update({ where: { id }, data: { tellAfter }, select: { id: true } });
    },

    /** What is over, and was never told, needs no telling any more: there is nobody who could be told. */
    async passOver(): Promise<void> {
      await db.alert.updateMany({
        where: { ...untold, resolvedAt: { not: null } },
        data: { told: 'resolved' },
      });
    },

    /** How many the webhook is still to be told. */
    async countToTell(): Promise<number> {
      return db.alert.count({ where: { OR: [untold, resolutionUntold] } });
    },
  };
}

/**
 * Makes the alerts of a conversation what its state says, in the transaction that records that state. Alerts that
 * the state has dropped are resolved, as those that it calls so.
 *
 * @param at when they were, where they are resolved now (ISO, UTC)
 */
export async function syncAlerts(
  tx: Transaction,
  source: string,
  alerts: readonly ConversationAlert[],
  at: string,
): Promise<void> {
  const standing = await tx.alert.findMany({ where: { source, resolvedAt: null } });
  const held = alerts.filter(({ resolved }) => !resolved);
  const holds = (row: Row) =>
    held.some(({ key, at: raised }) => key === row.key && Date.parse(raised) === row.raisedAt.getTime());
  const over = standing.filter((row) => !holds(row)).map(({ id }) => id);
  // First, because a matter may have come up again under its key.
  if (over.length > 0) {
    await tx.alert.updateMany({ where: { id: { in: over } }, data: { resolvedAt: at } });
  }
  if (alerts.length === 0) return;
  await tx.alert.createMany({
    data: alerts.map(({ key, at: raisedAt, severity, text, resolved }) => ({
      ...{ id: randomUUID(), source, key, severity, text, raisedAt },
      ...(resolved && { resolvedAt: at }),
    })),
    skipDuplicates: true,
  });
}

const STATES = ['open', 'acknowledged', 'resolved'] as const;

const whereState = {
  open: { resolvedAt: null, acknowledgedAt: null },
  acknowledged: { resolvedAt: null, acknowledgedAt: { not: null } },
  resolved: { resolvedAt: { not: null } },
};

function stored(row: Row): StoredAlert {
  const { id, source, key, text } = row;
  const { raisedAt, resolvedAt, acknowledgedAt, acknowledgedBy } = row;
  const dates = plain({ raisedAt, resolvedAt, acknowledgedAt, acknowledgedBy });
  return {
    ...{ id, source, key, text },
    severity: row.severity as AlertSeverity,
    state: resolvedAt ? 'resolved' : acknowledgedAt ? 'acknowledged' : 'open',
    ...dates,
  };
}
