import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { startVitest } from 'vitest/node';
import { instrument, type Mutation } from './instrument.ts';
import { EQUIVALENT } from './equivalent.ts';
import { ROOMS } from './rooms.ts';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** How many mutations there are, and the ones that no test notices and nobody explained. */
export interface Outcome {
  readonly mutations: number;
  readonly explained: number;
  readonly survivors: readonly Mutation[];
  /** Explanations of what is noticed, or is no longer there. */
  readonly outdated: readonly string[];
}

/** Mutates every guard of the rooms, one by one, and runs their tests on each. */
export async function mutate(): Promise<Outcome> {
  const instrumented = new Map(
    ROOMS.flatMap(({ code }) => code).map((file) => [
      file,
      instrument(readFileSync(file, 'utf8'), basename(file)),
    ]),
  );
  const tests = new Set(ROOMS.flatMap((room) => room.tests));
  const mutations = [...instrumented.values()].flatMap((each) => each.mutations);
  const scratch = mkdtempSync(join(tmpdir(), 'flexor-mutations-'));
  const report = join(scratch, 'report.json');
  Object.assign(process.env, {
    FLEXOR_MUTATIONS_REPORT: report,
    FLEXOR_MUTATIONS: JSON.stringify(mutations),
  });
  try {
    const vitest = await startVitest(
      'test',
      [],
      {
        config: false,
        watch: false,
        include: [here('every-mutation.ts')],
        testTimeout: 300_000,
        reporters: ['default'],
      },
      {
        plugins: [
          {
            name: 'flexor-mutations',
            enforce: 'pre',
            transform(code: string, id: string) {
              if (tests.has(id)) {
                return code.replace(/from 'vitest'/, `from '${here('collector.ts')}'`);
              }
              return instrumented.get(id)?.code;
            },
          },
        ],
        resolve: { conditions: ['flexor-source', 'module', 'node'] },
      },
    );
    await vitest.close();
    const found = JSON.parse(readFileSync(report, 'utf8')) as Pick<Outcome, 'mutations' | 'survivors'>;
    const isExplained = ({ where, code, change }: Mutation, at: (typeof EQUIVALENT)[number]): boolean =>
      where.startsWith(`${at.file}:`) && code === at.code && change === at.change;
    const survivors = found.survivors.filter((each) => !EQUIVALENT.some((at) => isExplained(each, at)));
    return {
      mutations: found.mutations,
      explained: found.survivors.length - survivors.length,
      survivors,
      outdated: EQUIVALENT.filter((at) => !found.survivors.some((each) => isExplained(each, at))).map(
        ({ file, code, change }) => `${file}: ${code} ${change}`,
      ),
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { mutations, explained, survivors, outdated } = await mutate();
  for (const { where, code, change } of survivors) console.log(`not noticed: ${where}: ${code} ${change}`);
  for (const each of outdated) console.log(`explained for nothing: ${each}`);
  console.log(`${mutations} mutations, ${explained} of them equivalent, ${survivors.length} not noticed`);
  process.exitCode = survivors.length + outdated.length > 0 ? 1 : 0;
}
