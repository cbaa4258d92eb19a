import type { Client } from '@temporalio/client';
import { createGate, type Gate } from '../../api/relay/temporal.ts';
import { until } from '../../services/wait.ts';

/** The relay's gate, which gives again what cannot be given now, as the relay does: a run may just be closing. */
export function patientGate(client: Client): Gate {
  const gate = createGate(() => Promise.resolve(client));
  const again =
    <A extends unknown[], R>(give: (...given: A) => Promise<R>) =>
    (...given: A) =>
      until(() => give(...given), { timeoutMs: 20_000 });
  return {
    ...gate,
    giveToOwn: again(gate.giveToOwn),
    giveTo: again(gate.giveTo),
    giveToDay: again(gate.giveToDay),
  };
}
