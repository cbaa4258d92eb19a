import { instant } from '../base/clock.ts';
import { type AssetDay, assetOn } from '../market/asset.ts';
import { type LostHold, lostHolds, type Promised, withOutages } from '../market/outage.ts';
import type { Conversation, Hold, StoredOutage } from '../store/index.ts';
import { ispCount } from '../uftp/index.ts';
import type { CapacityActivities } from './capacity-contract.ts';
import type { Dependencies } from './dependencies.ts';
import { assetsBehind } from './portfolio-assets.ts';

/** Finds what can no longer be delivered, and says so to whom it concerns. */
export function capacityActivities(deps: Dependencies): CapacityActivities {
  const { store, clock, tell, log } = deps;
  return {
    async checkCapacity() {
      const outages = await store.outages.unchecked();
      let lost = 0;
      for (const outage of outages) {
        for (const { hold, lost: missing } of await lostTo(deps, outage)) {
          const { workflowId, step } = hold;
          const reason = reasonOf(outage);
          const told = await tell(workflowId, { type: 'capacityLost', step, reason, lost: missing });
          if (!told)
            log.warn(
              { workflowId, step, outage: outage.id },
              'power is lost for a conversation that is over',
            );
          lost += 1;
        }
        await store.outages.markChecked(outage, instant(clock));
      }
      return { outages: outages.length, lost };
    },
  };
}

function reasonOf({ id, asset, connection, from, to, reason }: StoredOutage): string {
  const what = asset === undefined ? `all assets at ${connection} are` : `${asset} at ${connection} is`;
  return `${what} out from ${from} to ${to} (outage ${id}${reason === undefined ? '' : `: ${reason}`})`;
}

/** The holds on an outage's connection that cannot be delivered together with the rest any more. */
async function lostTo(deps: Dependencies, outage: StoredOutage): Promise<readonly LostHold<Hold>[]> {
  const { store, clock } = deps;
  if (outage.to <= instant(clock)) return [];
  const scope = { startsAt: outage.from, endsAt: outage.to, connections: [outage.connection] };
  const { holds } = await store.capacity.standing(scope);
  const inTurn = holds.toSorted((a, b) => compare(a.heldAt, b.heldAt) || compare(a.workflowId, b.workflowId));
  const promised: (Promised & { readonly hold: Hold })[] = [];
  for (const [rank, hold] of inTurn.entries()) {
    const able = await ableFor(deps, hold, outage.connection);
    // Of a conversation that was never recorded nobody can be told; its first record settles it.
    if (able) promised.push({ ...hold, status: hold.status === 'firm' ? 'firm' : 'open', rank, able, hold });
  }
  return lostHolds(promised).map(({ hold: { hold }, lost }) => ({ hold, lost }));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What a connection's assets can do on the day of a hold, with everything that is broken then. */
async function ableFor(
  { store }: Dependencies,
  hold: Hold,
  connection: string,
): Promise<AssetDay[] | undefined> {
  const conversation = await store.conversations.find(hold.workflowId);
  if (!conversation) return undefined;
  const day = marketDayOf(conversation);
  const count = ispCount(day.Period, day.TimeZone, day.ISPDuration);
  const endsAt = new Date(Date.parse(hold.startsAt) + count * hold.ispMinutes * 60_000).toISOString();
  const { outages } = await store.capacity.standing({
    ...{ startsAt: hold.startsAt, endsAt, connections: [connection] },
  });
  const profiles = await store.assetProfiles.onDay(day, [connection]);
  const assets = (await assetsBehind(store, [connection], day.Period)).map((asset) =>
    assetOn(
      asset,
      day,
      profiles.find((profile) => profile.asset === asset.name),
    ),
  );
  return withOutages(
    assets,
    { startsAt: hold.startsAt, ispMinutes: hold.ispMinutes, ispCount: count },
    outages,
  );
}

const marketDayOf = ({ period, timeZone, ispDuration }: Conversation) => ({
  Period: period,
  TimeZone: timeZone,
  ISPDuration: ispDuration,
});
