import { readdir, readFile } from 'node:fs/promises';

interface Process {
  readonly parent: number;
  readonly name: string | undefined;
  readonly peakMiB: number;
}

/**
 * The highest memory in MiB that each process below `root` ever had resident, by what it is; of several of one kind
 * (PostgreSQL's) the largest. Empty where the system has no /proc.
 */
export async function peakMemory(root: number): Promise<ReadonlyMap<string, number>> {
  const all = new Map<number, Process>();
  for (const entry of await readdir('/proc').catch(() => [])) {
    const found = /^\d+$/.test(entry) ? await look(entry).catch(() => undefined) : undefined;
    if (found) all.set(Number(entry), found);
  }
  const below = (pid: number): boolean => {
    const found = all.get(pid);
    return found !== undefined && (found.parent === root || below(found.parent));
  };
  const peaks = new Map<string, number>();
  for (const [pid, { name, peakMiB }] of all) {
    if (name !== undefined && below(pid)) peaks.set(name, Math.max(peaks.get(name) ?? 0, peakMiB));
  }
  return peaks;
}

async function look(pid: string): Promise<Process> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
  const number = (field: string): number => Number(new RegExp(`^${field}:\\s*(\\d+)`, 'm').exec(status)?.[1]);
  return {
    parent: number('PPid'),
    name: nameOf(command),
    peakMiB: Math.round((number('VmHWM') || 0) / 1024),
  };
}

/** The role of a process of Flexor's, else the service that it is; undefined for helpers such as a loader's. */
function nameOf(command: readonly string[]): string | undefined {
  if (command.some((word) => word.endsWith('simulator/main.ts'))) return 'simulated CRO';
  if (/(^|\/)postgres\b/.test(command[0]!)) return 'PostgreSQL (largest process)';
  if (/(^|\/)temporal$/.test(command[0]!)) return 'Temporal';
  return command.find((word) => ['api', 'worker'].includes(word));
}
