import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';

/** A directory that other accounts may pass through, removed after the file's tests. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'flexor-test-'));
  await chmod(directory, 0o755);
  afterAll(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
