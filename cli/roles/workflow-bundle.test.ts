import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { bundledWorkflows } from './workflow-bundle.ts';

const checkout = fileURLToPath(new URL('../../', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'flexor-bundle-'));
afterAll(() => rmSync(root, { recursive: true }));

/** A checkout with one workflow, which calls another room. */
beforeEach(() => {
  rmSync(root, { recursive: true });
  for (const room of ['workflows', 'market', 'store']) mkdirSync(join(root, room), { recursive: true });
  symlinkSync(join(checkout, 'node_modules'), join(root, 'node_modules'));
  cpSync(join(checkout, 'package-lock.json'), join(root, 'package-lock.json'));
  write('workflows/index.ts', `export { one } from '../market/one.ts';`);
  write('market/one.ts', `export const one = async () => 'first';`);
});

const write = (file: string, text: string): void => writeFileSync(join(root, file), text);
const bundled = async (): Promise<string> =>
  (await bundledWorkflows(new DefaultLogger('ERROR'), root)).code.replace(/\/\/# sourceMappingURL.*/, '');
const kept = (): string[] => readdirSync(join(root, '.flexor'));

test('what was bundled is kept while nothing changes', async () => {
  const code = await bundled();
  expect(code).toContain(`'first'`);
  const [file, ...others] = kept();
  expect(others).toEqual([]);
  write(`.flexor/${file}`, 'as it was kept');
  expect(await bundled()).toBe('as it was kept');
});

test.each(['market/one.ts', 'market/two.ts', 'store/deep.ts'])(
  'a change of %s bundles anew, and what was kept before goes',
  async (file) => {
    await bundled();
    const before = kept();
    write(file, `export const one = async () => 'second';`);
    expect(await bundled()).toContain(file === 'market/one.ts' ? `'second'` : `'first'`);
    expect(kept()).toHaveLength(1);
    expect(kept()).not.toEqual(before);
  },
);

test('other dependencies bundle anew', async () => {
  await bundled();
  const before = kept();
  write('package-lock.json', '{}');
  await bundled();
  expect(kept()).not.toEqual(before);
});

test('where nothing can be kept it is bundled each time', async () => {
  write('.flexor', 'a file, no folder');
  expect(await bundled()).toContain(`'first'`);
});
