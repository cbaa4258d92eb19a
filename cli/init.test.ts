import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfig } from '../config/index.ts';
import { SecretKey } from '../uftp/signing/keys.ts';
import { initCommand } from './init.ts';
import { keygenCommand } from './keygen.ts';

let folder: string;
let said: string[];
let noted: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flexor-init-'));
  said = [];
  noted = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const init = (dir = folder) => initCommand((line) => said.push(line)).parseAsync([dir], { from: 'user' });
const keygen = (...options: string[]) =>
  keygenCommand(
    (line) => said.push(line),
    (line) => noted.push(line),
  ).parseAsync(options, { from: 'user' });
const secretFile = () => join(folder, 'secrets/signing.key');

it('init writes a configuration that loads, and keygen completes it', async () => {
  await init();
  await keygen('--out', secretFile());
  const config = loadConfig(join(folder, 'flexor.yaml'), {});
  expect(config.warnings).toEqual([]);
  expect(config.dsos()).toHaveLength(1);
  expect(config.cros()).toHaveLength(1);
  expect(config.secret(config.operator.token)).toMatch(/^[0-9a-f]{64}$/);
  expect(SecretKey.parse(config.secret(config.identity.signingKey)).publicKey.toString()).toHaveLength(44);
});

it('init gives no two examples the same participants', async () => {
  await init(join(folder, 'a'));
  await init(join(folder, 'b'));
  const [a, b] = ['a', 'b'].map((name) => loadConfig(join(folder, name, 'flexor.yaml'), {}));
  const keys = [...a!.participants, ...b!.participants].map(({ publicKeys }) => String(publicKeys[0]));
  expect(new Set(keys).size).toBe(4);
});

it('init overwrites nothing', async () => {
  writeFileSync(join(folder, 'flexor.yaml'), 'mine');
  await expect(init()).rejects.toMatchObject({ code: 'config.exists' });
  expect(readFileSync(join(folder, 'flexor.yaml'), 'utf8')).toBe('mine');
  expect(() => statSync(join(folder, 'secrets'))).toThrow();
});

it('keygen keeps the secret in a file for its owner alone and prints only the public key', async () => {
  await keygen('--out', secretFile(), '--domain', 'agr.example.org');
  const secret = readFileSync(secretFile(), 'utf8').trim();
  const { publicKey } = SecretKey.parse(secret);
  const printed = said.join('\n');
  expect(printed).not.toContain(secret);
  expect(printed).toContain(`Public key: ${publicKey.toString()}`);
  expect(printed).toContain(`_agr._usef.agr.example.org. IN TXT "${publicKey.toCs1()}"`);
  expect(printed).toContain('_usef.agr.example.org. IN TXT "3.1.0"');
  if (process.platform !== 'win32') expect(statSync(secretFile()).mode & 0o777).toBe(0o600);
});

it('keygen never replaces a key', async () => {
  await keygen('--out', secretFile());
  const first = readFileSync(secretFile(), 'utf8');
  await expect(keygen('--out', secretFile())).rejects.toMatchObject({ code: 'config.exists' });
  expect(readFileSync(secretFile(), 'utf8')).toBe(first);
});

it('keygen --stdout prints the secret alone on standard output', async () => {
  await keygen('--stdout');
  expect(said).toHaveLength(1);
  expect(noted.join('\n')).toContain(SecretKey.parse(said[0]!).publicKey.toString());
});
