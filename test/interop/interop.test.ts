import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { VERSIONS } from '../../uftp/index.ts';
import { pythonPeer } from '../peer/python-env.ts';

const peer = await pythonPeer(console.info);
if ('missing' in peer) console.warn(`Skipped: ${peer.missing}.`);
const RUN = fileURLToPath(new URL('./run.ts', import.meta.url));

/** `npm run interop` in one version, without colours. It ends by itself should this process be gone. */
async function interop(version: string): Promise<{ status: number; output: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=flexor-source', RUN, version], {
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const [[status], ...output] = await Promise.all([
    once(child, 'close'),
    text(child.stdout!),
    text(child.stderr!),
  ]);
  return { status: status as number, output: output.join('') };
}

describe.skipIf('missing' in peer)('the Python library as CRO and DSO', () => {
  it.each(VERSIONS)('keeps the portfolio of Flexor and trades with it in version %s', async (version) => {
    const { status, output } = await interop(version);

    expect(output).toMatch(/No connections available\. Flexor registers again, and asks again\./);
    expect(output).toMatch(/Unauthorized\. Flexor stops, and alerts: /);
    expect(output).toMatch(/FlexSettlement over [\d.]+; Flexor says Accepted\./);
    expect(output).toMatch(/FlexSettlement over [\d.]+; Flexor says Disputed: Penalty /);
    expect(output).toMatch(/\n28 passed, 0 failed\n/);
    expect(status).toBe(0);
  });
});
