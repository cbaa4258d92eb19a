import type { Db } from './client.ts';
import { plain } from './plain.ts';

/** Expected power of a congestion point on one day, under the reference agreed with the DSO. */
export interface Baseline {
  readonly congestionPoint: string;
  readonly period: string;
  readonly reference: string;
  /** W per ISP; the first is ISP 1. */
  readonly power: readonly number[];
  /** ISO, UTC. */
  readonly recordedAt: string;
}

export function baselinesOf(db: Db) {
  return {
    /** Keeps a baseline; under the same reference the last one saved stands. */
    async save(baseline: Baseline): Promise<void> {
      const { congestionPoint, period, reference, recordedAt } = baseline;
      const power = [...baseline.power];
      await db.baseline.upsert({
        where: { congestionPoint_period_reference: { congestionPoint, period, reference } },
        create: { congestionPoint, period, reference, power, recordedAt },
        update: { power, recordedAt },
      });
    },

    async find(congestionPoint: string, period: string, reference: string): Promise<Baseline | undefined> {
      const key = { congestionPoint, period, reference };
      const row = await db.baseline.findUnique({
        where: { congestionPoint_period_reference: key },
        omit: { id: true },
      });
      return row ? plain(row) : undefined;
    },
  };
}
