import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { systemClock } from '../../base/index.ts';
import { createProgram } from '../../cli/program.ts';
import { VARIABLES } from '../../config/index.ts';
import { loadSimulatorConfig } from '../../simulator/config.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'flexor-compose-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** A real parser of compose files, if this machine has one. Neither form needs a container engine to parse. */
const parser = [['docker', 'compose'], ['docker-compose']].find(
  ([command, ...rest]) => spawnSync(command!, [...rest, 'version']).status === 0,
);

function compose(file: string, ...args: string[]) {
  const [command, ...rest] = parser!;
  return spawnSync(command!, [...rest, '-f', file, ...args], { cwd: root, encoding: 'utf8' });
}

interface Service {
  image: string;
  user?: string;
  command?: string[];
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
  cap_drop?: string[];
  security_opt?: string[];
  healthcheck?: unknown;
  secrets?: (string | { source: string; target: string })[];
  depends_on?: Record<string, { condition: string }>;
}
interface Stack {
  services: Record<string, Service>;
  secrets: Record<string, { file: string }>;
}
const file = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true }) as Stack;
const services = Object.entries(file.services);
const roles = services.filter(([, { image }]) => image === 'flexor:local');
const secretsOf = ({ secrets = [] }: Service): string[] =>
  secrets.map((secret) => (typeof secret === 'string' ? secret : secret.source));

describe('docker-compose.yml', () => {
  it('is taken by a compose parser, with and without the simulators', (context) => {
    if (!parser) context.skip('no compose parser here: deploy/ci-tools.sh installs one on Debian, as root');
    for (const profile of [[], ['--profile', 'simulators']]) {
      const run = compose('docker-compose.yml', ...profile, 'config', '--quiet');
      expect(run.stderr).toBe('');
      expect(run.status).toBe(0);
    }
  });

  it('is judged by a parser that does refuse', (context) => {
    if (!parser) context.skip('no compose parser here: deploy/ci-tools.sh installs one on Debian, as root');
    const broken = join(scratch, 'broken.yml');
    writeFileSync(broken, 'services:\n  api:\n    image: x\n    portz: ["1:1"]\n');
    expect(compose(broken, 'config', '--quiet').status).not.toBe(0);
  });

  it('runs the roles of one image, migrating first', () => {
    expect(roles.map(([name]) => name)).toEqual([
      'migrate',
      'api',
      'worker',
      'simulator-dso',
      'simulator-cro',
    ]);
    const program = createProgram({ clock: systemClock, temporalOptions: {}, program: '' });
    const commands = program.commands.map((command) => command.name());
    for (const name of ['migrate', 'api', 'worker']) {
      expect(commands).toContain(name);
      expect(file.services[name]?.command).toEqual([name]);
    }
    for (const name of ['api', 'worker']) {
      expect(file.services[name]?.depends_on?.['migrate']?.condition).toBe('service_completed_successfully');
    }
  });

  it.each(services)('%s has a pinned image', (_, { image }) => {
    expect(image).toMatch(/^(flexor:local|[a-z/-]+:\d+[\w.-]*)$/);
  });

  it.each(services)('%s publishes nothing beyond the loopback address', (_, { ports = [] }) => {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it.each(services)('%s has no capabilities and cannot gain any', (_, { cap_drop, security_opt }) => {
    expect(cap_drop).toEqual(['ALL']);
    expect(security_opt).toContain('no-new-privileges:true');
  });

  it.each(roles)('%s knows only the environment variables of flexor up', (_, { environment = {} }) => {
    for (const name of Object.keys(environment)) expect(VARIABLES).toContain(name);
  });

  it.each(roles)('%s runs as the owner of the secrets, never as root', (_, { user }) => {
    expect(user).toBe('${FLEXOR_UID:-1000}:${FLEXOR_GID:-1000}');
  });

  it.each(services)('%s gets secrets as files only', (_, { environment = {} }) => {
    for (const [name, value] of Object.entries(environment)) {
      if (/PASSWORD|PWD|TOKEN|KEY|SECRET|DATABASE_URL/.test(name)) expect(value).toMatch(/^\/run\/secrets\//);
    }
  });

  it('gives the signing key to the worker alone, and each role its own database address', () => {
    const holders = (secret: string) =>
      services.filter(([, one]) => secretsOf(one).includes(secret)).map(([name]) => name);
    expect(holders('signing_key')).toEqual(['worker']);
    expect(holders('operator_token')).toEqual(['api']);
    expect(holders('owner_database_url')).toEqual(['migrate']);
    expect(holders('api_database_url')).toEqual(['api']);
    expect(holders('worker_database_url')).toEqual(['worker']);
  });

  it('mounts only files that the repository has or deploy/README.md makes', () => {
    const mounted = services.flatMap(([, { volumes = [] }]) =>
      volumes.map((volume) => volume.split(':')[0]!),
    );
    for (const path of mounted.filter((one) => one.startsWith('./') && !one.startsWith('./deploy/local/'))) {
      expect(existsSync(join(root, path)), path).toBe(true);
    }
  });

  it.each(['dso', 'cro'])('has a valid example for the simulated %s', async (role) => {
    const config = await loadSimulatorConfig(join(root, `deploy/simulators/${role}.yaml`));
    expect(config.role).toBe(role.toUpperCase());
    expect(config.aggregator.endpoint).toBe('http://api:8080/shapeshifter/api/v3/message');
  });

  it.skipIf(process.platform === 'win32')('has its secrets made by make-secrets.sh, init and keygen', () => {
    const make = () => spawnSync('sh', [join(root, 'deploy/make-secrets.sh'), scratch]);
    const read = (name: string) => readFileSync(join(scratch, 'secrets', name), 'utf8');
    expect(make().status).toBe(0);
    const first = read('api_password');
    expect(first).toMatch(/^[0-9a-f]{48}$/);
    expect(read('api_database_url')).toBe(`postgresql://flexor_api:${first}@postgres:5432/flexor\n`);
    expect(make().status).toBe(0);
    expect(read('api_password')).toBe(first);
    expect(statSync(join(scratch, 'secrets')).mode & 0o777).toBe(0o700);
    const others = ['operator.token', 'signing.key'];
    for (const { file: path } of Object.values(file.secrets)) {
      const name = path.replace('./deploy/local/secrets/', '');
      if (!others.includes(name)) expect(existsSync(join(scratch, 'secrets', name)), name).toBe(true);
    }
  });
});
