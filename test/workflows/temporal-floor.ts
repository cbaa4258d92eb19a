import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { Clock } from '../../base/index.ts';
import { bundledWorkflows } from '../../cli/roles/workflow-bundle.ts';
import { startAtMarketTime } from '../../rehearsal/skipped-time.ts';
import { startTemporal } from '../../services/index.ts';
import { TASK_QUEUE } from '../../workflows/ids.ts';
import { patientGate } from './patient-gate.ts';

export interface TemporalFloorOptions {
  /** At whose present workflows begin; without it, at the machine's. */
  readonly clock?: Clock;
  /** After how many events a run is to hand over to the next: far fewer than in production. */
  readonly eventsPerRun?: number;
}

/** A Temporal server that skips time, a way in, and a worker that runs all workflows with activities of the test. */
export async function openTemporalFloor({ clock, eventsPerRun }: TemporalFloorOptions = {}) {
  const server = await startTemporal({
    ...{ timeSkipping: true, headless: true },
    ...(eventsPerRun !== undefined && { eventsPerRun }),
  });
  const connection = await Connection.connect({
    address: server.address,
    ...(clock && { interceptors: startAtMarketTime(clock) }),
  });
  const client = new Client({ connection });
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  const native = await NativeConnection.connect({ address: server.address });
  let endWork = async (): Promise<void> => {};
  return {
    client,
    /** Gives messages as the relay does: again, where a run is just ending. */
    gate: patientGate(client),
    /** @param activities by their names; those that are not named here are never called in this test */
    async work(activities: object): Promise<void> {
      const worker = await Worker.create({
        connection: native,
        taskQueue: TASK_QUEUE,
        workflowBundle: await bundledWorkflows(new DefaultLogger('ERROR')),
        activities,
      });
      const ran = worker.run();
      endWork = async () => {
        worker.shutdown();
        await ran;
      };
    },
    async stop(): Promise<void> {
      await endWork();
      await native.close();
      await connection.close();
      await server.stop();
    },
  };
}
