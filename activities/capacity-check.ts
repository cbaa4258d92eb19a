import { instant } from '../base/clock.ts';
import type { UncheckedProfile } from '../store/index.ts';
import { addDays } from '../uftp/index.ts';
import type { CapacityActivities } from './capacity-contract.ts';
import type { Dependencies } from './dependencies.ts';
import { type Change, lostBy } from './lost-power.ts';

/** Finds what can no longer be delivered, and says so to whom it concerns. */
export function capacityActivities(deps: Dependencies): CapacityActivities {
  const { store, clock, tell, log } = deps;

  /** Several changes may take power from one offer; it is judged by all of them, and told once. */
  async function tellOf(change: Change, told: Set<string>): Promise<void> {
    for (const { hold, reason, lost } of await lostBy(deps, change)) {
      const { workflowId, step } = hold;
      const key = JSON.stringify([workflowId, step]);
      if (told.has(key)) continue;
      told.add(key);
      if (!(await tell(workflowId, { type: 'capacityLost', step, reason, lost })))
        log.warn({ workflowId, step, reason }, 'power is lost for a conversation that is over');
    }
  }

  return {
    async checkCapacity() {
      const told = new Set<string>();
      const outages = await store.outages.unchecked();
      for (const outage of outages) {
        const { connection, from, to } = outage;
        await tellOf({ connections: [connection], from, to }, told);
        await store.outages.markChecked(outage, instant(clock));
      }
      const profiles = await store.assetProfiles.unchecked();
      for (const [period, those] of byPeriod(profiles)) {
        // A local day, wherever it is.
        const during = { from: midnight(addDays(period, -1)), to: midnight(addDays(period, 2)) };
        const connections = [...new Set(those.map(({ connection }) => connection))];
        await tellOf({ connections, ...during, profiles: those }, told);
        await store.assetProfiles.markChecked(those, instant(clock));
      }
      return { outages: outages.length, profiles: profiles.length, lost: told.size };
    },
  };
}

const midnight = (day: string): string => `${day}T00:00:00.000Z`;

function byPeriod(profiles: readonly UncheckedProfile[]): Map<string, UncheckedProfile[]> {
  const found = new Map<string, UncheckedProfile[]>();
  for (const profile of profiles) {
    found.set(profile.period, [...(found.get(profile.period) ?? []), profile]);
  }
  return found;
}
