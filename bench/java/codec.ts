import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cacheDir } from '../../services/index.ts';
import type { Contender } from '../tasks.ts';
import { KEY, wires } from '../tasks.ts';

const run = promisify(execFile);
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** The newest release that runs on Java 17. */
const VERSION = '3.2.2';

/** The Java library in a process of its own, or the reason why it is not measured. Never throws. */
export async function javaCodec(say: (line: string) => void): Promise<Contender | { missing: string }> {
  try {
    return start(await install(say), (await run('java', ['--version'])).stdout.split('\n')[0]!);
  } catch (thrown) {
    return {
      missing: String((thrown as Error).message)
        .trim()
        .split('\n')[0]!,
    };
  }
}

/** Fetches the library and what it needs with Maven, once, into the cache. */
async function install(say: (line: string) => void): Promise<string> {
  await run('java', ['--version']);
  const home = join(cacheDir(), `java-peer-${VERSION}`);
  if (existsSync(home)) return home;
  say(`Fetching the Java library ${VERSION} into ${home} (once)`);
  const building = `${home}.${process.pid}`;
  await mkdir(building, { recursive: true });
  const maven = (...words: string[]) =>
    run('mvn', ['-B', '-q', ...words, `-DoutputDirectory=${building}`], { cwd: building });
  try {
    for (const part of ['core', 'api'])
      await maven('dependency:copy', `-Dartifact=org.lfenergy.shapeshifter:shapeshifter-${part}:${VERSION}`);
    await maven('-f', here('pom.xml'), 'dependency:copy-dependencies');
    await rename(building, home);
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return home;
}

function start(home: string, runtime: string): Contender {
  const words = ['-cp', join(home, '*'), here('Codec.java'), KEY.secret, KEY.public];
  const child = spawn('java', words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const replies = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    name: `Java shapeshifter-core ${VERSION} (${runtime})`,
    async rate(task, seconds) {
      child.stdin.write(`${task} ${seconds} ${Buffer.from(wires[task]).toString('base64')}\n`);
      const { value, done } = await replies.next();
      if (done) throw new Error('Java ended before it answered.');
      return Number(value);
    },
    close: () => child.stdin.end(),
  };
}
