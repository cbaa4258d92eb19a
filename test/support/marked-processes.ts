import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/**
 * The command lines of all processes whose environment holds a word. A process hands its environment down to
 * whatever it starts, so nothing that it left behind is missed.
 */
export async function processesMarked(word: string): Promise<string[]> {
  return process.platform === 'linux' ? fromProc(word) : fromPs(word);
}

async function fromProc(word: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      // A process may end while it is looked at, and a dead one that nobody reaped has no environment.
      const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
      return (await read('environ')).includes(word) ? [(await read('cmdline')).replaceAll('\0', ' ')] : [];
    }),
  );
  return found.flat();
}

async function fromPs(word: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ps', ['-Eww', '-ax', '-o', 'command='], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout.split('\n').filter((line) => line.includes(word));
}
