import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../base/clock.ts';
import { PublicKey, SecretKey } from '../uftp/index.ts';
import { loadSimulatorConfig, type SimulatorConfig } from './config.ts';
import { createControlDoor } from './control-door.ts';
import { CRO } from './cro.ts';
import { DSO } from './dso.ts';
import { readMarketClock } from './market-clock.ts';
import { Peer } from './peer.ts';

/** A simulator that runs. */
export interface RunningSimulator {
  readonly role: 'DSO' | 'CRO';
  readonly domain: string;
  /** Where the aggregator posts. */
  readonly uftpUrl: string;
  /** For a `ControlClient`. */
  readonly controlUrl: string;
  stop(): Promise<void>;
}

/** Starts a DSO or a CRO with its control door. */
export async function startSimulator(
  config: SimulatorConfig,
  onTrouble?: (sentence: string) => void,
): Promise<RunningSimulator> {
  const { aggregator } = config;
  const peer = new Peer({
    domain: config.domain,
    role: config.role,
    version: config.version,
    secretKey: SecretKey.parse(await readFile(config.signingKey.file, 'utf8')),
    clock: config.clockFile === undefined ? systemClock : readMarketClock(config.clockFile),
    host: config.host,
    port: config.port,
    partners: [
      {
        domain: aggregator.domain,
        role: 'AGR',
        endpoint: { url: aggregator.endpoint, allowHttp: aggregator.allowHttp },
        publicKeys: aggregator.publicKeys.map((key) => PublicKey.parse(key)),
      },
    ],
    ...(onTrouble && { onTrouble }),
  });
  const participant = config.role === 'DSO' ? new DSO(peer, config) : new CRO(peer, config.congestionPoints);
  const door = createControlDoor(participant);
  const stop = async () => {
    await peer.stop();
    await door.close();
  };
  try {
    await peer.start();
    await door.listen({ host: config.controlHost, port: config.controlPort });
  } catch (error) {
    await stop();
    throw error;
  }
  const { port } = door.server.address() as AddressInfo;
  return {
    role: config.role,
    domain: config.domain,
    uftpUrl: peer.url,
    controlUrl: `http://${config.controlHost}:${port}`,
    stop,
  };
}

/**
 * The body of a simulator process: starts what the file describes and prints one line of JSON when it is ready,
 * `{"ready":true,"role":…,"domain":…,"uftp":…,"control":…}`. Resolves when it was stopped.
 *
 * @param whenToStop is handed the way to stop, and decides on what occasion: a signal, the end of its parent
 */
export async function runSimulator(
  configFile: string,
  whenToStop: (stop: () => void) => void,
  say: (line: string) => void = (line) => process.stdout.write(`${line}\n`),
): Promise<void> {
  const simulator = await startSimulator(await loadSimulatorConfig(configFile), (sentence) => {
    process.stderr.write(`${sentence}\n`);
  });
  const stopped = new Promise<void>((resolve) => whenToStop(resolve));
  const { role, domain, uftpUrl, controlUrl } = simulator;
  say(JSON.stringify({ ready: true, role, domain, uftp: uftpUrl, control: controlUrl }));
  await stopped;
  await simulator.stop();
}
