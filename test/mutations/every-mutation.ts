import { readdirSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { collect } from './collector.ts';
import type { Mutation } from './instrument.ts';
import { switches } from './switches.ts';

/** Runs all tests of the folder once for every mutation of its code; `run.ts` starts this, and reads the report. */
const { FLEXOR_MUTATIONS_FOLDER: folder = '', FLEXOR_MUTATIONS_REPORT: report = '' } = process.env;
const mutations: readonly Mutation[] = JSON.parse(process.env.FLEXOR_MUTATIONS ?? '[]');

test('every mutation is noticed', async () => {
  const suites = new Map<string, readonly (() => void)[]>();
  for (const file of readdirSync(folder).filter((name) => /^o.*\.test\.ts$/.test(name))) {
    await import(`${folder}/${file}`);
    suites.set(file, collect());
  }
  const everything = [...suites.values()].flat();
  expect(everything.length).toBeGreaterThan(20);
  for (const suite of everything) suite();

  const survivors = mutations.filter(({ id }) => {
    switches.on = id;
    const own = suites.get(id.replace(/\.ts#.*/, '.test.ts')) ?? [];
    const noticed = [...own, ...everything.filter((suite) => !own.includes(suite))].some(fails);
    switches.on = undefined;
    return !noticed;
  });
  writeFileSync(report, JSON.stringify({ mutations: mutations.length, survivors }));
});

function fails(suite: () => void): boolean {
  try {
    suite();
    return false;
  } catch {
    return true;
  }
}
