import { afterAll, beforeAll } from 'vitest';
import { type Rehearsal, rehearse } from '../../rehearsal/rehearsal.ts';
import { setStage, type StageOptions } from '../../rehearsal/stage.ts';
import { Supervisor } from '../../services/index.ts';
import { Roles } from './roles.ts';

export interface TestRehearsal {
  /** The rehearsal; to be used within tests only. */
  readonly on: Rehearsal;
  readonly roles: Roles;
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
    on = await rehearse(supervisor, stage, { say: () => {}, spawn: roles.spawn });
  });
  afterAll(() => supervisor.stop());

  return {
    roles,
    get on() {
      if (on) return on;
      throw new Error('The rehearsal did not come up.');
    },
  };
}
