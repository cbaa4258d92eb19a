import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';

interface Locked {
  version?: string;
  license?: string;
  dev?: boolean;
}

/** Licences that may be used with Apache-2.0 code as it is; anything else wants a decision first. */
const ALLOWED =
  /^\(?(MIT|MIT-0|ISC|Apache-2\.0|BSD-2-Clause|BSD-3-Clause|0BSD|Unlicense|BlueOak-1\.0\.0|CC0-1\.0|CC-BY-4\.0|Python-2\.0|PostgreSQL|MPL-2\.0)\b/;

/** Looked at one by one: what the lock file cannot say, or an exception with its reason. */
const REVIEWED: Readonly<Record<string, string>> = {
  'node_modules/elkjs': 'EPL-2.0; part of the studio in the prisma command line, which Flexor never starts',
  'node_modules/seq-queue': 'MIT, in its LICENSE file only',
  'node_modules/unionfs': 'Unlicense, in its LICENSE file only',
};

const read = async (name: string): Promise<unknown> =>
  JSON.parse(await readFile(new URL(`../../${name}`, import.meta.url), 'utf8'));

it('uses only packages whose licence is allowed', async () => {
  const { packages } = (await read('package-lock.json')) as { packages: Record<string, Locked> };
  const others = Object.entries(packages)
    .filter(([name, { license }]) => name !== '' && !(name in REVIEWED) && !ALLOWED.test(license ?? 'none'))
    .map(([name, { license }]) => `${name}: ${license ?? 'none'}`);
  expect(others).toEqual([]);
});

it('pins every dependency exactly, and all of Temporal alike', async () => {
  const { dependencies, devDependencies } = (await read('package.json')) as Record<
    string,
    Record<string, string>
  >;
  const all = Object.entries({ ...dependencies, ...devDependencies });
  expect(all.filter(([, version]) => !/^\d/.test(version))).toEqual([]);
  const temporal = all.filter(([name]) => name.startsWith('@temporalio/')).map(([, version]) => version);
  expect(new Set(temporal).size).toBe(1);
});

it('names every dependency in docs/dependencies.md', async () => {
  const { dependencies, devDependencies } = (await read('package.json')) as Record<
    string,
    Record<string, string>
  >;
  const page = await readFile(new URL('../../docs/dependencies.md', import.meta.url), 'utf8');
  const unnamed = Object.keys({ ...dependencies, ...devDependencies }).filter(
    (name) => !page.includes(`\`${name}\``),
  );
  expect(unnamed).toEqual([]);
});

it('keeps no download addresses in the lock file', async () => {
  const text = await readFile(new URL('../../package-lock.json', import.meta.url), 'utf8');
  expect(text).not.toContain('"resolved"');
});
