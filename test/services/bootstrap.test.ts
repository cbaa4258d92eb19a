import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { until } from '../../services/wait.ts';
import { isAlive } from '../../services/processes.ts';
import { temporaryDirectory } from './temporary.ts';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const timeout = 60_000;

const program = `
enum Kind { typescript = 1 }
const [what] = process.argv.slice(2);
console.log(JSON.stringify({ pid: process.pid, cwd: process.cwd(), args: process.argv.slice(2), kind: Kind.typescript }));
process.on('SIGTERM', () => process.exit(9));
process.on('disconnect', () => process.exit(8));
if (what === 'wait') setInterval(() => {}, 2 ** 30);
else process.exit(7);
`;

const schema = `
generator client {
  provider = "prisma-client"
  output   = "../store/generated"
}
datasource db {
  provider = "postgresql"
}
model Example {
  id Int @id
}
`;

const directory = temporaryDirectory();
const root = path.join(directory, 'package');
const elsewhere = path.join(directory, 'elsewhere');
beforeAll(async () => {
  for (const folder of ['cli', 'prisma', 'store', '.flexor'])
    await mkdir(path.join(root, folder), { recursive: true });
  await mkdir(elsewhere);
  for (const file of ['package.json', 'package-lock.json', 'tsconfig.json', 'cli/bootstrap.mjs']) {
    await copyFile(path.join(repository, file), path.join(root, file));
  }
  // Links to single packages in a directory of its own: an installation gone wrong must not reach the real one.
  const modules = path.join(root, 'node_modules');
  await mkdir(modules);
  for (const name of ['tsx', 'prisma', '@prisma']) {
    await symlink(path.join(repository, 'node_modules', name), path.join(modules, name));
  }
  const lock = await readFile(path.join(root, 'package-lock.json'));
  await writeFile(path.join(modules, '.flexor-installed'), createHash('sha256').update(lock).digest('hex'));
  await writeFile(path.join(root, 'cli', 'main.ts'), program);
});

function flexor(args: string[], options: { cwd?: string; env?: Record<string, string> } = {}) {
  const child = spawn(process.execPath, [path.join(root, 'cli', 'bootstrap.mjs'), ...args], {
    cwd: options.cwd ?? root,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number, output, said }));
  const reported = () => until(async () => JSON.parse(output) as { pid: number }, { timeoutMs: 30_000 });
  return { child, ended, reported };
}

test("runs the program in the caller's directory and ends with its code", { timeout }, async () => {
  const direct = await flexor(['a', '--b'], { cwd: elsewhere }).ended;
  expect(direct.said).toBe('');
  expect(direct.code).toBe(7);
  expect(JSON.parse(direct.output)).toMatchObject({ cwd: elsewhere, args: ['a', '--b'], kind: 1 });

  const env = { INIT_CWD: elsewhere, npm_package_json: path.join(root, 'package.json') };
  const throughNpm = await flexor([], { env }).ended;
  expect(JSON.parse(throughNpm.output)).toMatchObject({ cwd: elsewhere });
});

test('hands SIGTERM on and ends as the program ends', { timeout }, async () => {
  const { child, ended, reported } = flexor(['wait']);
  await reported();
  child.kill('SIGTERM');
  expect((await ended).code).toBe(9);
});

test('the program learns of the death of its launcher', { timeout }, async () => {
  const { child, reported } = flexor(['wait']);
  const { pid } = await reported();
  child.kill('SIGKILL');
  await until(async () => expect(await isAlive(pid)).toBe(false), { timeoutMs: 20_000 });
});

test('starts at the same time prepare once, despite the lock of a dead start', { timeout }, async () => {
  await writeFile(path.join(root, 'prisma', 'schema.prisma'), schema);
  const dead = spawn(process.execPath, ['-e', '']);
  await once(dead, 'exit');
  await writeFile(path.join(root, '.flexor', 'bootstrap.lock'), `${dead.pid}\n`);

  const results = await Promise.all([1, 2, 3].map(() => flexor([]).ended));
  expect(results.map(({ code }) => code)).toEqual([7, 7, 7]);
  const generations = results.filter(({ said }) => said.includes('Generating the database client'));
  expect(generations).toHaveLength(1);
  expect(await readdir(path.join(root, '.flexor'))).toEqual([]);
  expect(await readdir(path.join(root, 'store', 'generated'))).toContain('client.ts');
  expect((await flexor([]).ended).said).toBe('');
});
