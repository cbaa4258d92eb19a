import { describe, expect, it } from 'vitest';
import { VERSIONS } from '../../uftp/index.ts';
import { pythonPeer } from '../peer/python-env.ts';
import { tradeWithPython } from './story.ts';

const peer = await pythonPeer(console.info);
if ('missing' in peer) console.warn(`Skipped: ${peer.missing}.`);

describe.skipIf('missing' in peer)('the Python library as DSO', () => {
  it.each(VERSIONS)('trades with Flexor in version %s, from TestMessage to settlement', async (version) => {
    if ('missing' in peer) return;
    const told: string[] = [];
    const tell = (line: string): void => void told.push(line);
    expect(await tradeWithPython(peer, version, tell, () => {})).toBe(0);
    expect(told.filter((line) => line.includes('FlexSettlement over'))).toHaveLength(2);
  });
});
