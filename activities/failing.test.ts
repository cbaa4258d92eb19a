import { ApplicationFailure } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import type { Store } from '../store/index.ts';
import type { Activities } from './contract.ts';
import { MANY_TRIES, toldWhenFailing } from './failing.ts';

type RaisedAlert = Parameters<Store['alerts']['raise']>[0];

const KEY = 'failing/bookOrder/flex-request/x';

/** One try of an activity, by its number, with an outcome; what people were told about it. */
async function tried(attempt: number, outcome: () => Promise<unknown>, alertsFail = false) {
  const raised: RaisedAlert[] = [];
  const resolved: string[] = [];
  const logged: string[] = [];
  const doing = async (alert: () => void) => {
    if (alertsFail) throw new Error('no database');
    alert();
  };
  const deps = {
    store: {
      alerts: {
        raise: (alert: RaisedAlert) => doing(() => raised.push(alert)),
        resolve: (_: string, key: string) => doing(() => resolved.push(key)),
      },
    },
    clock: { now: () => new Date('2026-06-14T08:00:00.000Z') },
    log: { error: (_: unknown, message: string) => logged.push(message) },
  } as unknown as Parameters<typeof toldWhenFailing>[0];
  const { bookOrder } = toldWhenFailing(deps, { bookOrder: outcome } as unknown as Activities);
  const run = new MockActivityEnvironment({
    attempt,
    workflowExecution: { workflowId: 'flex-request/x', runId: 'run' },
  });
  const ended = await run.run(bookOrder!, undefined as never).catch((thrown: Error) => thrown.message);
  return { ended, raised, resolved, logged };
}

const fails = () => Promise.reject(new TypeError('no such field'));
const waits = () =>
  Promise.reject(ApplicationFailure.create({ message: 'soon', category: ApplicationFailureCategory.BENIGN }));

describe('an activity that fails', () => {
  it('is told of after many tries, and fails all the same', async () => {
    expect(await tried(MANY_TRIES - 1, fails)).toMatchObject({ ended: 'no such field', raised: [] });
    const { ended, raised } = await tried(MANY_TRIES, fails);
    expect(ended).toBe('no such field');
    expect(raised).toMatchObject([
      {
        key: KEY,
        severity: 'critical',
        text: 'bookOrder of flex-request/x has failed 10 times and is tried again: no such field',
      },
    ]);
  });

  it('is told of at once where no other try follows', async () => {
    const lost = () =>
      Promise.reject(ApplicationFailure.nonRetryable('no such row', 'activities.row-missing'));
    const { raised } = await tried(1, lost);
    expect(raised).toMatchObject([
      { key: KEY, text: 'bookOrder of flex-request/x failed for good: no such row' },
    ]);
  });

  it('is not told of where it only waits', async () => {
    expect(await tried(MANY_TRIES, waits)).toMatchObject({ ended: 'soon', raised: [] });
  });

  it('is over once it succeeds', async () => {
    expect(await tried(MANY_TRIES + 1, async () => 'done')).toMatchObject({ ended: 'done', resolved: [KEY] });
    expect(await tried(2, async () => 'done')).toMatchObject({ ended: 'done', resolved: [] });
  });

  it('neither succeeds nor fails otherwise because nobody can be told', async () => {
    const said = { raised: [], resolved: [], logged: ['nobody could be told'] };
    expect(await tried(MANY_TRIES, fails, true)).toEqual({ ended: 'no such field', ...said });
    expect(await tried(MANY_TRIES + 1, async () => 'done', true)).toEqual({ ended: 'done', ...said });
  });
});
