import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { reasonOf } from '../../base/index.ts';
import { untilReady } from '../../cli/launch.ts';
import { type Rehearsal, rehearse } from '../../rehearsal/rehearsal.ts';
import { setStage, type StageOptions } from '../../rehearsal/stage.ts';
import { Supervisor } from '../../services/index.ts';
import { tailOf } from '../../services/log-tail.ts';
import { Roles } from './roles.ts';

export interface TestRehearsal {
  /** The rehearsal; to be used within tests only. */
  readonly on: Rehearsal;
  readonly roles: Roles;
  /** Ends Flexor's roles and starts them with another configuration; resolves when they are ready. */
  startAgain(configure: StageOptions['configure']): Promise<void>;
}

/** Brings a whole market up before the tests of a file or of a `describe`, and down after them. */
export function testRehearsal(options: StageOptions = {}): TestRehearsal {
  const supervisor = new Supervisor();
  const roles = new Roles();
  let on: Rehearsal | undefined;

  beforeAll(async () => {
    // A rehearsal moves time: it shares neither database nor Temporal with anybody.
    delete process.env['DATABASE_URL'];
    delete process.env['TEMPORAL_ADDRESS'];
    const stage = await supervisor.start('stage', async () => {
      const set = await setStage(options);
      return { ...set, stop: () => set.strike() };
    });
    on = await rehearse(supervisor, stage, { say: () => {}, spawn: roles.spawn }).catch(
      async (thrown: unknown) => {
        // The folder goes with the test: what the processes said last is told here or nowhere.
        const logs = ['worker', 'api'].map((role) => tailOf(path.join(stage.logDir, `${role}.log`)));
        throw new Error(`${reasonOf(thrown)}\n${(await Promise.all(logs)).join('\n')}`, { cause: thrown });
      },
    );
  });
  afterAll(() => supervisor.stop());

  return {
    roles,
    get on() {
      if (on) return on;
      throw new Error('The rehearsal did not come up.');
    },
    async startAgain(configure) {
      const { stage, flexor } = this.on;
      for (const role of ['api', 'worker']) await roles.stop(role);
      await stage.reconfigure(configure);
      for (const role of ['worker', 'api']) await roles.restart(role);
      await untilReady(`${flexor.operatorUrl}/readyz`, supervisor.signal);
    },
  };
}
