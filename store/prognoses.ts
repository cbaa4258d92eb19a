import { type ConversationAlert, syncAlerts } from './alerts.ts';
import { inTransaction, type Db } from './client.ts';
import { type NewOutbound, outboundRow, type OutboxKey, type OutboxRow } from './outbox.ts';
import { standingViews } from './portfolio.ts';
import { json, messageKey, plain } from './plain.ts';

/** A D-Prognosis as it was sent; `messageId` is in lower case. */
export interface StoredPrognosis {
  readonly messageId: string;
  readonly workflowId: string;
  readonly step: string;
  readonly dso: string;
  readonly congestionPoint: string;
  /** Local day `YYYY-MM-DD` in `timeZone`. */
  readonly period: string;
  readonly timeZone: string;
  readonly ispDuration: string;
  readonly revision: number;
  /** W by ISP, + is consumption; the first is ISP 1. */
  readonly power: readonly number[];
  /** Its TimeStamp (ISO, UTC). */
  readonly createdAt: string;
  /** `Accepted` or `Rejected`, and when that was received, once the DSO answered. */
  readonly result?: string;
  readonly reason?: string;
  readonly answeredAt?: string;
}

/** What a revision is about, before it has a number. */
export type NewPrognosis = Pick<
  StoredPrognosis,
  'dso' | 'congestionPoint' | 'period' | 'timeZone' | 'ispDuration' | 'power'
>;

/** How a refused Revision is to be exceeded. */
export interface Leap {
  /** The next is to be no lower than this. */
  readonly floor?: number;
  /** The Revision that the DSO refused as too low. */
  readonly refused?: number;
}

/** What an order made of the profile on its ISPs, in W. */
export interface ResultingProfile {
  readonly dso: string;
  readonly orderMessageId: string;
  readonly orderReference: string;
  readonly congestionPoint: string;
  readonly period: string;
  /** MessageID of the prognosis that was in force when the order was accepted. */
  readonly prognosisId?: string;
  readonly isps: readonly { readonly isp: number; readonly base: number; readonly power: number }[];
  readonly recordedAt: string;
}

/** The prognoses of one day as their workflow sees them. */
export interface PrognosisDay {
  readonly workflowId: string;
  readonly dso: string;
  readonly congestionPoint: string;
  readonly period: string;
  readonly phase: string;
  /** Rises with every transition of the workflow. */
  readonly transition: number;
  /** The workflow's state in full, as plain JSON. */
  readonly snapshot: unknown;
  readonly updatedAt: string;
}

/** Milliseconds; all congestion points of a morning count at the same time. */
const patience = { maxWait: 10_000 };

/** Whether the DSO accepted a prognosis of ours, of whatever congestion point, with a Revision above this one. */
async function tookAbove(tx: Pick<Db, 'prognosis'>, dso: string, revision: number): Promise<boolean> {
  const where = { dso, result: 'Accepted', revision: { gt: revision } };
  return (await tx.prognosis.findFirst({ where, select: { revision: true } })) !== null;
}

/** What was forecast in prognoses, what the DSOs said to it, and what orders made of it. */
export function prognosesOf(db: Db) {
  const stored = (row: object | null): StoredPrognosis | undefined =>
    row === null ? undefined : (plain(row) as unknown as StoredPrognosis);

  async function fixed(key: OutboxKey): Promise<{ row: OutboxRow; revision: number } | undefined> {
    const { workflowId, step } = key;
    const where = { workflowId_step: { workflowId, step } };
    const [prognosis, row] = await Promise.all([
      db.prognosis.findUnique({ where, select: { revision: true } }),
      db.outbox.findUnique({ where }),
    ]);
    return prognosis && row ? { row: plain(row), revision: Number(prognosis.revision) } : undefined;
  }

  return {
    /**
     * Fixes a D-Prognosis under its step with the next Revision of our domain, at least `floor`; where the DSO accepted
     * one above `refused` meanwhile, the next one will do. Number and message are one transaction: no two messages
     * have one number, whoever else counts; a retry finds what was fixed.
     * `make` is called while the counter is held, and has to be quick.
     */
    async prepare(
      key: OutboxKey,
      prognosis: NewPrognosis & { readonly domain: string } & Leap,
      make: (revision: number) => NewOutbound,
    ): Promise<{ row: OutboxRow; revision: number }> {
      const before = await fixed(key);
      if (before) return before;
      const { domain, floor = 1, refused, power, ...facts } = prognosis;
      return inTransaction(() =>
        db.$transaction(async (tx) => {
          await tx.prognosisRevision.createMany({ data: [{ domain, last: 0 }], skipDuplicates: true });
          const [counter] = await tx.$queryRaw<{ last: bigint }[]>`
            SELECT last FROM prognosis_revision WHERE domain = ${domain} FOR UPDATE`;
          // Another try of this very step may have been first.
          const where = { workflowId_step: key };
          const winner = await tx.prognosis.findUnique({ where, select: { revision: true } });
          if (winner) {
            const row = await tx.outbox.findUniqueOrThrow({ where });
            return { row: plain(row), revision: Number(winner.revision) };
          }
          const next = Number(counter!.last) + 1;
          const overtaken = refused !== undefined && (await tookAbove(tx, facts.dso, refused));
          const revision = overtaken ? next : Math.max(next, floor);
          const data = outboundRow(key, make(revision));
          const row = await tx.outbox.create({ data });
          const { messageId, createdAt } = data;
          await tx.prognosis.create({
            data: { ...facts, ...key, messageId, createdAt, revision, power: [...power] },
          });
          await tx.prognosisRevision.update({ where: { domain }, data: { last: revision } });
          return { row: plain(row), revision };
        }, patience),
      );
    },

    /** Keeps what the DSO answered; the first answer stands. */
    async keepAnswer(answer: {
      readonly messageId: string;
      readonly result: string;
      readonly reason?: string;
      readonly answeredAt: string;
    }): Promise<void> {
      const { messageId, ...data } = answer;
      await db.prognosis.updateMany({ where: { messageId: messageKey(messageId), result: null }, data });
    },

    /** A prognosis with its power, for settlement by the D-PrognosisMessageID that an order named. */
    async byMessageId(messageId: string): Promise<StoredPrognosis | undefined> {
      return stored(await db.prognosis.findUnique({ where: { messageId: messageKey(messageId) } }));
    },

    /**
     * The prognosis in force for a day: of those that the DSO accepted, the one with the highest Revision.
     *
     * @param at only what was accepted by then (ISO, UTC), such as when an order was accepted
     */
    async inForce(
      dso: string,
      congestionPoint: string,
      period: string,
      at?: string,
    ): Promise<StoredPrognosis | undefined> {
      const answeredAt = at === undefined ? {} : { answeredAt: { lte: at } };
      return stored(
        await db.prognosis.findFirst({
          where: { dso, congestionPoint, period, result: 'Accepted', ...answeredAt },
          orderBy: { revision: 'desc' },
        }),
      );
    },

    /** All that was sent for a day, in the order of the Revisions. */
    async ofDay(dso: string, congestionPoint: string, period: string): Promise<StoredPrognosis[]> {
      const rows = await db.prognosis.findMany({
        where: { dso, congestionPoint, period },
        orderBy: { revision: 'asc' },
      });
      return rows.map((row) => stored(row)!);
    },

    /** Records a day after a transition, unless a later one is recorded, with its alerts and frozen profiles. */
    async record(
      day: PrognosisDay,
      profiles: readonly ResultingProfile[],
      alerts: readonly ConversationAlert[],
    ): Promise<void> {
      const { workflowId, transition, updatedAt } = day;
      const data = { ...day, snapshot: json(day.snapshot) };
      await inTransaction(() =>
        db.$transaction(async (tx) => {
          const created = await tx.prognosisDay.createMany({ data: [data], skipDuplicates: true });
          const { count } = created.count
            ? created
            : await tx.prognosisDay.updateMany({
                where: { workflowId, transition: { lt: transition } },
                data,
              });
          if (count === 0) return;
          const frozen = profiles.map((profile) => ({
            ...profile,
            orderMessageId: messageKey(profile.orderMessageId),
            isps: json(profile.isps),
          }));
          await tx.resultingProfile.createMany({ data: frozen, skipDuplicates: true });
          await syncAlerts(tx, workflowId, alerts, updatedAt);
        }),
      );
    },

    async findDay(workflowId: string): Promise<PrognosisDay | undefined> {
      const row = await db.prognosisDay.findUnique({ where: { workflowId } });
      return row ? (plain(row) as PrognosisDay) : undefined;
    },

    /** The days after one that have prognoses of a congestion point and are not over, in order. */
    async daysAfter(dso: string, congestionPoint: string, period: string): Promise<string[]> {
      const rows = await db.prognosisDay.findMany({
        where: { dso, congestionPoint, period: { gt: period }, phase: { not: 'Frozen' } },
        select: { period: true },
        orderBy: { period: 'asc' },
      });
      return rows.map((row) => row.period);
    },

    /** What an order froze, by the MessageID of the FlexOrder. */
    async resultingProfile(dso: string, orderMessageId: string): Promise<ResultingProfile | undefined> {
      const key = { dso, orderMessageId: messageKey(orderMessageId) };
      const row = await db.resultingProfile.findUnique({ where: { dso_orderMessageId: key } });
      return row ? (plain(row) as unknown as ResultingProfile) : undefined;
    },

    /** The congestion points of a DSO on which we have connections on a day, as the CROs say, in order; or this one. */
    async pointsOf(dso: string, period: string, congestionPoint?: string): Promise<string[]> {
      const views = await standingViews(db, period);
      const rows = await db.viewedCongestionPoint.findMany({
        where: { dso, viewId: { in: views }, ...(congestionPoint !== undefined && { congestionPoint }) },
        select: { congestionPoint: true },
        distinct: ['congestionPoint'],
        orderBy: { congestionPoint: 'asc' },
      });
      return rows.map(({ congestionPoint }) => congestionPoint);
    },
  };
}
