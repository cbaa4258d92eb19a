import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { Rehearsal, buildContext, parseDockerfile } from './dockerfile.ts';

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
const instructions = parseDockerfile(dockerfile);

describe('.dockerignore', () => {
  const context = buildContext(root);

  it('lets through what the roles run', () => {
    for (const path of ['package.json', 'package-lock.json', 'prisma/schema.prisma', 'config/example.yaml']) {
      expect(context).toContain(path);
    }
  });

  it('keeps secrets, tests and generated code out', () => {
    const unwanted =
      /^(deploy|test|docs|bench|\.git|\.flexor|store\/generated)|\.test\.ts$|\.env$|secret.*\.key$/;
    expect(context.filter((path) => unwanted.test(path))).toEqual([]);
  });
});

describe('Dockerfile', () => {
  it('ends as a user that is not root, without a shell in between', () => {
    const last = instructions.slice(instructions.findLastIndex(({ name }) => name === 'FROM'));
    expect(last.findLast(({ name }) => name === 'USER')?.rest).toBe('node');
    expect(last.find(({ name }) => name === 'ENTRYPOINT')?.rest).toMatch(/^\["node", /);
  });

  it('has a base image of the Node that package.json asks for', () => {
    const bases = instructions.filter(({ name }) => name === 'FROM').map(({ rest }) => rest);
    expect(bases.filter((base) => base.startsWith('node:20-slim'))).toHaveLength(2);
  });
});

describe.skipIf(process.platform === 'win32')('each step of the Dockerfile', () => {
  const rehearsal = new Rehearsal(root);
  afterAll(() => rehearsal.remove(), 120_000);

  it('works in an empty folder, with what COPY has copied', { timeout: 600_000 }, () => {
    rehearsal.build(dockerfile);
    expect(rehearsal.ran).toHaveLength(instructions.filter(({ name }) => name === 'RUN').length);
    expect(existsSync(rehearsal.path('/app/store/generated/client.ts'))).toBe(true);
    expect(existsSync(rehearsal.path('/app/node_modules/tsx'))).toBe(true);
    expect(existsSync(rehearsal.path('/app/node_modules/vitest'))).toBe(false);
  });

  it('leaves an image whose entry point starts', { timeout: 120_000 }, (context) => {
    if (!existsSync(join(root, 'cli/main.ts'))) context.skip('cli/main.ts is not there yet');
    expect(rehearsal.run('--help')).toContain('worker');
  });
});
