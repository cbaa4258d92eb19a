import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { VARIABLES, exampleConfig, loadConfig } from './index.ts';
import { keysOf } from './keys.ts';
import { configSchema } from './schema.ts';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const fields = [...keysOf(configSchema)];

describe('docs/configuration.md', () => {
  const rows = [...read('../docs/configuration.md').matchAll(/^\| `([^`]+)` +\|/gm)].map(([, name]) => name!);

  it('has one row for every field, and none for a field that is gone', () => {
    const documented = rows.filter((name) => !/^[A-Z_]+$/.test(name));
    expect([...documented].sort()).toEqual([...fields].sort());
  });

  it('has one row for every environment variable', () => {
    expect(rows.filter((name) => /^[A-Z_]+$/.test(name)).sort()).toEqual([...VARIABLES].sort());
  });
});

it('the example shows every field', () => {
  const example = read('./example.yaml');
  // `kind` of a baseline is implied; `role: AGR` is the only role there is.
  const shown = fields.filter((field) => !['identity.role', 'participants[].baseline.kind'].includes(field));
  for (const field of shown) expect(example).toMatch(new RegExp(`\\b${field.split(/[.[\]]+/).at(-1)!}:`));
});

it('the defaults that the example writes out are the defaults', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flexor-example-'));
  const full = join(folder, 'full.yaml');
  const bare = join(folder, 'bare.yaml');
  const example = exampleConfig();
  writeFileSync(full, example);
  const defaulted = [
    /^ {2}(host|port|path|maxBodyBytes|rateLimit): .*\n/gm,
    /^dataDir: .*\n/gm,
    /^ {4}(allowHttp|version|barred|relaxations|clockTolerance): .*\n/gm,
    /^ {4}(delivery|settlement):\n(^ {6}.*\n)+/gm,
    /^ {6}(ispDuration|currency): .*\n/gm,
    /^strategy:\n(^ {2}.*\n)+/gm,
    /^uftp:\n/gm,
  ];
  writeFileSync(
    bare,
    defaulted.reduce((text, pattern) => text.replace(pattern, ''), example),
  );
  const settings = (file: string) =>
    ({ ...JSON.parse(JSON.stringify(loadConfig(file, {}))), file: '' }) as unknown;
  expect(settings(bare)).toEqual(settings(full));
  rmSync(folder, { recursive: true });
});
