import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { beforeAll, expect, test } from 'vitest';
import { findTemporal, freePort, startTemporal } from '../../services/index.ts';
import { temporaryDirectory } from './temporary.ts';

const directory = temporaryDirectory();
beforeAll(async () => {
  await findTemporal({ timeSkipping: true }); // may have to fetch it
}, 600_000);

async function connected<T>(address: string, work: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await work(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

test(
  'workflows last from one start to the next, with the retention asked for',
  { timeout: 120_000 },
  async () => {
    const dataDir = path.join(directory, 'lasting');
    const first = await startTemporal({ dataDir, headless: true });
    expect(first.retentionDays).toBe(400);
    await connected(first.address, (client) =>
      client.workflow.start('waiting', { workflowId: 'kept', taskQueue: 'nobody' }),
    );
    await first.stop();

    const again = await startTemporal({ dataDir, headless: true });
    const status = await connected(again.address, (client) => client.workflow.getHandle('kept').describe());
    expect(status.status.name).toBe('RUNNING');
    await again.stop();
  },
);

test('a taken port is avoided, a running data directory refused', { timeout: 120_000 }, async () => {
  const dataDir = path.join(directory, 'busy');
  const port = await freePort();
  const one = await startTemporal({ dataDir, port, headless: true });
  const two = await startTemporal({ port });
  expect(one.address).toBe(`127.0.0.1:${port}`);
  expect(two.address).not.toBe(one.address);
  expect((await fetch(two.uiAddress ?? '')).status).toBe(200);
  await expect(startTemporal({ dataDir })).rejects.toMatchObject({ code: 'services.data-in-use' });
  await Promise.all([one.stop(), two.stop()]);
});

test('time can be skipped only on request', { timeout: 120_000 }, async () => {
  const skipping = async (timeSkipping: boolean) => {
    const server = await startTemporal({ timeSkipping, headless: true });
    const start = connected(server.address, (client) =>
      client.workflowService.startWorkflowExecution({
        namespace: 'default',
        workflowId: 'skipping',
        workflowType: { name: 'waiting' },
        taskQueue: { name: 'nobody' },
        requestId: 'once',
        timeSkippingConfig: { enabled: true },
      }),
    );
    return start
      .then(() => 'allowed')
      .catch(() => 'refused')
      .finally(() => server.stop());
  };
  expect(await skipping(true)).toBe('allowed');
  expect(await skipping(false)).toBe('refused');
});
