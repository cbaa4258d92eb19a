import { afterEach, expect, vi } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { Peer, type PeerOptions, scenario } from '../../simulator/index.ts';
import { generateKeyPair, type Role } from '../../uftp/index.ts';

// A busy machine shall not fail a test that waits on conditions alone.
vi.setConfig({ testTimeout: 30_000 });

const running: Peer[] = [];
const troubles: string[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((peer) => peer.stop()));
  expect(troubles.splice(0)).toEqual([]);
});

/** Retries that a test does not have to wait for. */
export const promptRetries = { initialDelayMs: 5, factor: 1, maximumDelayMs: 5, windowMs: 60_000 };

/** A participant that listens until the test is over. */
export async function startPeer(role: Role, options: Partial<PeerOptions> = {}): Promise<Peer> {
  const domains = { AGR: scenario.AGR_DOMAIN, DSO: scenario.DSO_DOMAIN, CRO: scenario.CRO_DOMAIN };
  const peer = new Peer({
    domain: domains[role],
    role,
    secretKey: generateKeyPair().secretKey,
    clock: systemClock,
    retries: promptRetries,
    onTrouble: (sentence) => troubles.push(sentence),
    ...options,
  });
  running.push(peer);
  return peer.start();
}

/** Makes two participants known to each other. */
export function introduce(one: Peer, other: Peer): void {
  for (const [host, guest] of [
    [one, other],
    [other, one],
  ] as const) {
    host.meet({
      domain: guest.domain,
      role: guest.role,
      endpoint: { url: guest.url },
      publicKeys: [guest.publicKey],
    });
  }
}
