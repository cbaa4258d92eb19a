import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { collect } from './collector.ts';
import type { Mutation } from './instrument.ts';
import { ROOMS } from './rooms.ts';
import { switches } from './switches.ts';

/** Runs all tests of a room once for every mutation of its code; `run.ts` starts this, and reads the report. */
const { FLEXOR_MUTATIONS_REPORT: report = '' } = process.env;
const mutations: readonly Mutation[] = JSON.parse(process.env.FLEXOR_MUTATIONS ?? '[]');

test('every mutation is noticed', async () => {
  const survivors: Mutation[] = [];
  for (const { code, tests } of ROOMS) {
    const suites = await collected(tests);
    const everything = [...suites.values()].flat();
    expect(everything.length).toBeGreaterThan(5);
    for (const suite of everything) suite();
    const files = new Set(code.map((file) => basename(file)));
    for (const mutation of mutations.filter(({ id }) => files.has(fileOf(id)))) {
      switches.on = mutation.id;
      const own = suites.get(fileOf(mutation.id).replace('.ts', '.test.ts')) ?? [];
      const noticed = [...own, ...everything.filter((suite) => !own.includes(suite))].some(fails);
      switches.on = undefined;
      if (!noticed) survivors.push(mutation);
    }
  }
  writeFileSync(report, JSON.stringify({ mutations: mutations.length, survivors }));
});

const fileOf = (id: string): string => id.replace(/#.*/, '');

/** What each test file holds, by its name. */
async function collected(files: readonly string[]) {
  const suites = new Map<string, readonly (() => void)[]>();
  for (const file of files) {
    await import(file);
    suites.set(basename(file), collect());
  }
  return suites;
}

function fails(suite: () => void): boolean {
  try {
    suite();
    return false;
  } catch {
    return true;
  }
}
