import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { stringify } from 'yaml';
import { claimPorts } from '../services/index.ts';
import { createMarketClock, type MarketClock, scenario } from '../simulator/index.ts';
import { generateKeyPair, type Version } from '../uftp/index.ts';

/** Everything that the parts of one rehearsal read: made anew in a folder of its own. */
export interface Stage {
  readonly folder: string;
  readonly clock: MarketClock;
  readonly clockFile: string;
  /** Flexor's configuration. */
  readonly configFile: string;
  readonly operator: { readonly url: string; readonly token: string };
  /** Configurations of the simulators, and where each takes its instructions. */
  readonly simulators: Readonly<
    Record<'dso' | 'cro', { readonly configFile: string; readonly controlUrl: string }>
  >;
  readonly logDir: string;
  /** Writes Flexor's configuration anew; its roles read it when they start again. */
  reconfigure(configure?: StageOptions['configure']): Promise<void>;
  /** Removes the folder; after a failure its logs stay where they are. */
  strike(options?: { keepLogs?: boolean }): Promise<void>;
}

export interface StageOptions {
  /** The protocol version that DSO and CRO speak. */
  readonly version?: Version;
  /** The market clock's first instant; without it the present. */
  readonly startsAt?: string;
  /** What this rehearsal configures otherwise than the standard story. */
  readonly configure?: (configuration: FlexorConfiguration) => object;
}

/** Flexor's configuration as the standard story has it. */
export type FlexorConfiguration = ReturnType<typeof flexorConfig>;

const { AGR_DOMAIN, DSO_DOMAIN, CRO_DOMAIN, market, contract, connections, congestionPoint } = scenario;
const LOOPBACK = '127.0.0.1';
/** Flexor's usual door; where it is taken, others above it. */
const FIRST_PORT = 8080;

/** Writes keys, configurations and the market clock of a rehearsal: one aggregator, one DSO, one CRO. */
export async function setStage(options: StageOptions = {}): Promise<Stage> {
  const folder = await mkdtemp(path.join(tmpdir(), 'flexor-rehearsal-'));
  // PostgreSQL runs under an account of its own where we are root: it must be able to pass through.
  await chmod(folder, 0o711);
  const clockFile = path.join(folder, 'market-clock.json');
  const clock = createMarketClock(clockFile, options.startsAt);
  // Below the range from which systems draw ports for connections: one of those may be taken before its part starts.
  const claim = await claimPorts(FIRST_PORT, PORTS.length);
  const ports = Object.fromEntries(PORTS.map((name, index) => [name, claim.ports[index]!])) as Ports;
  await mkdir(path.join(folder, 'secrets'), { mode: 0o700 });
  const keys = {
    agr: await newKey(folder, 'agr'),
    dso: await newKey(folder, 'dso'),
    cro: await newKey(folder, 'cro'),
  };
  const token = randomBytes(24).toString('base64url');
  await writeFile(path.join(folder, 'secrets', 'operator.token'), token, { mode: 0o600 });

  const writeConfig = (configure = (configuration: FlexorConfiguration): object => configuration) =>
    writeYaml(folder, 'flexor.yaml', configure(flexorConfig(ports, keys, options)));
  const configFile = await writeConfig(options.configure);
  const simulator = { ports, keys, clockFile, version: options.version ?? ('3.1.0' as const) };
  return {
    folder,
    clock,
    clockFile,
    configFile,
    operator: { url: `http://${LOOPBACK}:${ports.operator}`, token },
    simulators: {
      dso: {
        configFile: await writeYaml(folder, 'dso.yaml', dsoConfig(simulator)),
        controlUrl: `http://${LOOPBACK}:${ports.dsoControl}`,
      },
      cro: {
        configFile: await writeYaml(folder, 'cro.yaml', croConfig(simulator)),
        controlUrl: `http://${LOOPBACK}:${ports.croControl}`,
      },
    },
    logDir: path.join(folder, 'logs'),
    reconfigure: async (configure) => void (await writeConfig(configure)),
    strike: async ({ keepLogs = false } = {}) => {
      await claim.release();
      const entries = keepLogs ? (await readdir(folder)).filter((name) => name !== 'logs') : [''];
      for (const name of entries) {
        await rm(path.join(folder, name), { recursive: true, force: true, maxRetries: 3 });
      }
    },
  };
}

const PORTS = ['uftp', 'operator', 'dso', 'cro', 'dsoControl', 'croControl'] as const;
type Ports = Readonly<Record<(typeof PORTS)[number], number>>;
/** Public keys by participant. */
type Keys = Readonly<Record<'agr' | 'dso' | 'cro', string>>;

function flexorConfig(ports: Ports, keys: Keys, { version = '3.1.0' }: Pick<StageOptions, 'version'>) {
  const endpoint = (port: number): string => `http://${LOOPBACK}:${port}/shapeshifter/api/v3/message`;
  return {
    identity: { domain: AGR_DOMAIN, signingKey: { file: 'secrets/agr.key' } },
    uftp: { host: LOOPBACK, port: ports.uftp },
    operator: { host: LOOPBACK, port: ports.operator, token: { file: 'secrets/operator.token' } },
    dataDir: 'data',
    participants: [
      {
        domain: DSO_DOMAIN,
        role: 'DSO',
        endpoint: endpoint(ports.dso),
        publicKeys: [keys.dso],
        version,
        market,
        baseline: { reference: scenario.BASELINE_REFERENCE },
      },
      {
        domain: CRO_DOMAIN,
        role: 'CRO',
        endpoint: endpoint(ports.cro),
        publicKeys: [keys.cro],
        version,
        timeZone: market.timeZone,
      },
    ],
    portfolio: {
      connections: connections.map(({ id, asset }) => ({ id, from: '2026-01-01', assets: [asset] })),
    },
    contracts: [{ ...contract, dso: DSO_DOMAIN }],
    strategy: { kind: 'merit-order', offerValidity: 'PT2H', minActivationFactor: '1.00' },
  };
}

interface SimulatorParts {
  readonly ports: Ports;
  readonly keys: Keys;
  readonly clockFile: string;
  readonly version: Version;
}

function dsoConfig(parts: SimulatorParts): unknown {
  return { role: 'DSO', ...participant(parts, 'dso', DSO_DOMAIN), market, contracts: [contract] };
}

function croConfig(parts: SimulatorParts): unknown {
  return { role: 'CRO', ...participant(parts, 'cro', CRO_DOMAIN) };
}

function participant(
  { ports, keys, clockFile, version }: SimulatorParts,
  name: 'dso' | 'cro',
  domain: string,
) {
  return {
    domain,
    signingKey: { file: `secrets/${name}.key` },
    version,
    port: ports[name],
    controlPort: ports[`${name}Control`],
    aggregator: {
      domain: AGR_DOMAIN,
      endpoint: `http://${LOOPBACK}:${ports.uftp}/shapeshifter/api/v3/message`,
      publicKeys: [keys.agr],
    },
    clockFile,
    congestionPoints: [congestionPoint],
  };
}

/** Makes a key, keeps the secret half in a file, and returns the public half. */
async function newKey(folder: string, name: string): Promise<string> {
  const { secretKey, publicKey } = generateKeyPair();
  await writeFile(path.join(folder, 'secrets', `${name}.key`), secretKey.reveal(), { mode: 0o600 });
  return publicKey.toString();
}

async function writeYaml(folder: string, name: string, content: unknown): Promise<string> {
  const file = path.join(folder, name);
  // Plain copies, so that YAML writes no references where two participants share a value.
  await writeFile(file, stringify(JSON.parse(JSON.stringify(content))));
  return file;
}
