import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import { FlexorError, systemClock } from '../base/index.ts';
import { launch, type Launched } from '../cli/launch.ts';
import { loadConfig, VARIABLES } from '../config/index.ts';
import {
  openTemporalConnection,
  type Part,
  type RoleSpec,
  spawnRole,
  type Supervisor,
} from '../services/index.ts';
import { ControlClient } from '../simulator/index.ts';
import { OperatorClient } from './operator-client.ts';
import { skipTime } from './skipped-time.ts';
import type { Stage } from './stage.ts';

const programFile = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** A whole market that runs: Flexor, a DSO and a CRO, each in processes of their own, on one movable clock. */
export interface Rehearsal {
  readonly stage: Stage;
  readonly flexor: Launched;
  readonly dso: ControlClient;
  readonly cro: ControlClient;
  readonly operator: OperatorClient;
  /** For a look at workflows, and for moving their time. */
  readonly temporal: Client;
  /** Moves the market clock and every workflow's time to an instant (UTC). */
  moveTo(instant: string): Promise<void>;
}

export interface RehearsalOptions {
  readonly say: (line: string) => void;
  /** Which simulators to start; both unless said otherwise. */
  readonly simulators?: readonly ('dso' | 'cro')[];
  /** Starts each role and simulator as a process; tests that kill and restart them bring their own. */
  readonly spawn?: (spec: RoleSpec) => Promise<Part>;
}

/** Starts everything that a stage describes. The supervisor stops it all. */
export async function rehearse(
  supervisor: Supervisor,
  stage: Stage,
  { say, simulators = ['dso', 'cro'], spawn = spawnRole }: RehearsalOptions,
): Promise<Rehearsal> {
  // A rehearsal moves time: it never touches a database or a Temporal server that the environment names.
  for (const name of VARIABLES) delete process.env[name];
  process.env['FLEXOR_MARKET_CLOCK'] = stage.clockFile;
  await mkdir(stage.logDir, { recursive: true });
  const [flexor] = await Promise.all([
    launch(supervisor, {
      config: loadConfig(stage.configFile, process.env),
      world: { clock: stage.clock, temporalOptions: {}, program: programFile('main.ts') },
      say,
      timeSkipping: true,
      logDir: stage.logDir,
      spawn,
    }),
    ...simulators.map((name) => startSimulator(supervisor, stage, name, { say, spawn })),
  ]);
  const { connection, close } = openTemporalConnection({ address: flexor.temporalAddress });
  await supervisor.start('Temporal client', async () => ({ stop: close }));
  const temporal = new Client({ connection });
  return {
    stage,
    flexor,
    temporal,
    dso: new ControlClient(stage.simulators.dso.controlUrl),
    cro: new ControlClient(stage.simulators.cro.controlUrl),
    operator: new OperatorClient(stage.operator),
    async moveTo(instant) {
      const ahead = Date.parse(instant) - stage.clock.now().getTime();
      stage.clock.moveTo(instant);
      await skipTime(temporal, ahead);
    },
  };
}

async function startSimulator(
  supervisor: Supervisor,
  { simulators, logDir }: Stage,
  name: 'dso' | 'cro',
  { say, spawn }: Required<Pick<RehearsalOptions, 'say' | 'spawn'>>,
): Promise<void> {
  const { configFile, controlUrl } = simulators[name];
  say(`Starting the simulated ${name.toUpperCase()}.`);
  await supervisor.start(`simulated ${name.toUpperCase()}`, () =>
    spawn({
      name,
      program: programFile('../simulator/main.ts'),
      args: [configFile],
      logFile: path.join(logDir, `${name}.log`),
    }),
  );
  const control = new ControlClient(controlUrl);
  const answers = () =>
    control.messages().then(
      () => true,
      () => undefined,
    );
  await until(answers, `the simulated ${name} to start`);
}

/** Asks until there is an answer; a rehearsal that waits in vain says what for. */
export async function until<T>(
  ask: () => Promise<T | undefined>,
  what: string,
  withinMs = 30_000,
): Promise<T> {
  const deadline = systemClock.now().getTime() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (systemClock.now().getTime() > deadline) {
      throw new FlexorError(
        'rehearsal.waited-in-vain',
        `Waited ${withinMs / 1000} s in vain for ${what}.`,
        'Look at the logs of the rehearsal.',
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
