import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { VERSIONS } from '../uftp/index.ts';
import { SimulatorError } from './errors.ts';

const port = z.int().min(0).max(65535).default(0);

/** A congestion point as a DSO declares it at the registry. */
export const declaredPoint = z.strictObject({
  entityAddress: z.string(),
  dso: z.string(),
  mutexOffersSupported: z.boolean(),
  dayAheadRedispatchBy: z.enum(['AGR', 'DSO']),
  intradayRedispatchBy: z.enum(['AGR', 'DSO']).optional(),
  connections: z.array(z.string()).min(1),
});

const participant = {
  domain: z.string(),
  /** The file that holds the Base64 secret key, relative to the configuration. */
  signingKey: z.strictObject({ file: z.string() }),
  version: z.enum(VERSIONS).default('3.1.0'),
  /** Where the aggregator posts; port 0 is any free one. */
  host: z.string().default('127.0.0.1'),
  port,
  /** Where the story is told from: never open this door to a network. */
  controlHost: z.string().default('127.0.0.1'),
  controlPort: port,
  aggregator: z.strictObject({
    domain: z.string(),
    endpoint: z.url(),
    /** Clear HTTP beyond loopback: for closed test networks. */
    allowHttp: z.boolean().default(false),
    publicKeys: z.array(z.string()).min(1),
  }),
  /** The market clock that the rehearsal shares; without it the system's. */
  clockFile: z.string().optional(),
  congestionPoints: z.array(declaredPoint),
};

const amount = z.string().regex(/^\d+(\.\d+)?$/, 'a decimal string such as "250.00"');

const schema = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('CRO'), ...participant }),
  z.strictObject({
    role: z.literal('DSO'),
    ...participant,
    market: z.strictObject({ timeZone: z.string(), ispDuration: z.string(), currency: z.string() }),
    /** Currency per MWh not delivered, for orders under no contract. */
    penaltyPerMWh: amount.optional(),
    contracts: z
      .array(
        z.strictObject({
          id: z.string(),
          penaltyPerMWh: amount,
          reserved: z.array(
            z.strictObject({ start: z.int().min(1), duration: z.int().min(1), powerW: z.int() }),
          ),
        }),
      )
      .default([]),
  }),
]);

/** A simulator's configuration as it is written to a file. */
export type SimulatorConfigFile = z.input<typeof schema>;
/** A simulator's configuration, checked, its paths absolute. */
export type SimulatorConfig = z.output<typeof schema>;

/**
 * Reads a simulator's configuration: YAML or JSON.
 * @throws SimulatorError `simulator.config-invalid`, with every problem
 */
export async function loadSimulatorConfig(file: string): Promise<SimulatorConfig> {
  let content: unknown;
  try {
    content = parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new SimulatorError(
      'simulator.config-invalid',
      `The simulator's configuration ${file} cannot be read.`,
      'Name a file of YAML or JSON.',
      { cause },
    );
  }
  return checkSimulatorConfig(content, path.dirname(path.resolve(file)));
}

/** Checks a configuration; relative paths in it start at `directory`. Throws as `loadSimulatorConfig` does. */
export function checkSimulatorConfig(content: unknown, directory: string): SimulatorConfig {
  const { success, data, error } = schema.safeParse(content);
  if (!success) {
    throw new SimulatorError(
      'simulator.config-invalid',
      `The simulator's configuration is wrong: ${z.prettifyError(error)}`,
      'Correct the fields named.',
    );
  }
  return {
    ...data,
    signingKey: { file: path.resolve(directory, data.signingKey.file) },
    ...(data.clockFile !== undefined && { clockFile: path.resolve(directory, data.clockFile) }),
  };
}
