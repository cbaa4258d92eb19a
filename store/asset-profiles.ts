import type { Db } from './client.ts';
import { inTransaction } from './client.ts';

/** What an asset can do on one local day, in W by ISP (index 0 is ISP 1), instead of what its terms say. */
export interface AssetProfile {
  readonly connection: string;
  readonly asset: string;
  readonly period: string;
  readonly timeZone: string;
  readonly ispDuration: string;
  readonly reduceW: readonly number[];
  readonly increaseW: readonly number[];
}

/** Availability of assets by the day, as their own systems know it. */
export function assetProfilesOf(db: Db) {
  return {
    /** Keeps profiles, all or none; the last one of an asset and day counts. */
    async save(profiles: readonly AssetProfile[], recordedAt: string): Promise<void> {
      await inTransaction(() =>
        db.$transaction(async (tx) => {
          for (const { reduceW, increaseW, ...rest } of profiles) {
            const { connection, asset, period } = rest;
            const data = { ...rest, reduceW: [...reduceW], increaseW: [...increaseW], recordedAt };
            await tx.assetProfile.upsert({
              where: { connection_asset_period: { connection, asset, period } },
              create: data,
              update: data,
            });
          }
        }),
      );
    },

    /** Those of a market's day: one with other ISPs says nothing about these. */
    async onDay(
      { Period, TimeZone, ISPDuration }: { Period: string; TimeZone: string; ISPDuration: string },
      connections: readonly string[],
    ): Promise<AssetProfile[]> {
      const rows = await db.assetProfile.findMany({
        where: {
          connection: { in: [...connections] },
          period: Period,
          timeZone: TimeZone,
          ispDuration: ISPDuration,
        },
        omit: { recordedAt: true },
      });
      return rows;
    },
  };
}
