import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import type { Inbound } from '../../workflows/inbound.ts';
import { createGate } from './temporal.ts';

const inbound = { messageId: 'M-1', receivedAt: '2027-05-01T10:00:00.000Z' } as unknown as Inbound;

/** A server on which every update finds a closed run; what it says of the workflow, and of the update. */
function gateOf(status: string | undefined, updateIsKnown = false) {
  const gone = () => Promise.reject(new WorkflowNotFoundError('already completed', 'w', undefined));
  const handle = {
    startUpdate: gone,
    getUpdateHandle: () => ({ result: updateIsKnown ? async () => undefined : gone }),
    describe: status === undefined ? gone : async () => ({ status: { name: status } }),
  };
  const client = {
    withDeadline: (_: unknown, call: () => Promise<unknown>) => call(),
    workflow: { getHandle: () => handle },
  } as unknown as Client;
  return createGate(async () => client);
}

describe('a message for a workflow whose run is closed', () => {
  it.each([['COMPLETED'], [undefined]])('is too late where the workflow is over (%s)', async (status) => {
    expect(await gateOf(status).giveTo('w', inbound)).toBe('over');
  });

  it('was taken where that run knows it', async () => {
    expect(await gateOf('COMPLETED', true).giveTo('w', inbound)).toBe('taken');
  });

  it('is given again where the workflow goes on in a next run: nobody is told that it is too late', async () => {
    await expect(gateOf('RUNNING').giveTo('w', inbound)).rejects.toThrow('already completed');
  });
});
