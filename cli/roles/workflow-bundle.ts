import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, type Logger } from '@temporalio/worker';

const CHECKOUT = fileURLToPath(new URL('../../', import.meta.url));
const OWN = /^workflows-\w+\.js$/;

/**
 * The workflows as one script, as a worker runs them. Bundling takes seconds, and a worker that comes back has messages
 * waiting: what was bundled is kept for as long as no source file and no dependency changes.
 */
export async function bundledWorkflows(logger: Logger, root = CHECKOUT): Promise<{ code: string }> {
  const file = path.join(root, '.flexor', `workflows-${fingerprint(root)}.js`);
  const kept = await readFile(file, 'utf8').catch(() => undefined);
  if (kept !== undefined) return { code: kept };
  const workflowsPath = path.join(root, 'workflows', 'index.ts');
  const { code } = await bundleWorkflowCode({ workflowsPath, logger });
  // Where it cannot be kept, as in a container that is read-only, the next start bundles again.
  await keep(file, code).catch(() => undefined);
  return { code };
}

/** Of every source file, not only those of the workflows: which of them are bundled is for the bundler to know. */
function fingerprint(root: string): string {
  const hash = createHash('sha256').update(readFileSync(path.join(root, 'package-lock.json')));
  const rooms = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^(\.|node_modules$|dist$)/.test(entry.name))
    .map(({ name }) => name);
  const files = rooms.flatMap((room) =>
    readdirSync(path.join(root, room), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => path.join(room, name)),
  );
  for (const file of files.sort()) {
    hash.update(`\0${file}\0`).update(readFileSync(path.join(root, file)));
  }
  return hash.digest('hex').slice(0, 32);
}

/** In one step, so that nobody reads half of it; what was kept of other sources goes. */
async function keep(file: string, code: string): Promise<void> {
  const home = path.dirname(file);
  await mkdir(home, { recursive: true });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, code, { mode: 0o600 });
  await rename(draft, file);
  for (const name of await readdir(home)) {
    if (OWN.test(name) && name !== path.basename(file)) await rm(path.join(home, name), { force: true });
  }
}
