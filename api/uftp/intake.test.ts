import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { loadConfig } from '../../config/index.ts';
import {
  encode,
  encodeBase64,
  generateKeyPair,
  sampleOf,
  seal,
  type SecretKey,
  writeSignedMessage,
} from '../../uftp/index.ts';
import { verifyPost } from './intake.ts';
import { knownSenders } from './known-senders.ts';

const folder = mkdtempSync(join(tmpdir(), 'flexor-intake-'));
afterAll(() => rmSync(folder, { recursive: true }));
const [old, fresh, stranger] = [generateKeyPair(), generateKeyPair(), generateKeyPair()];

/** The senders of a configuration with one DSO, which rotates its key. */
function senders(dso: object) {
  const file = join(folder, 'flexor.yaml');
  const settings = {
    identity: { domain: 'agr.example.com', signingKey: { env: 'UNUSED' } },
    operator: { token: { env: 'UNUSED' } },
    participants: [
      {
        domain: 'dso.example.com',
        role: 'DSO',
        endpoint: 'https://dso.example.com/',
        publicKeys: [String(old.publicKey), `cs1.${String(fresh.publicKey).replace(/^cs1\./, '')}`],
        market: { timeZone: 'Europe/Amsterdam' },
        baseline: { reference: 'BL-2026' },
        ...dso,
      },
    ],
  };
  writeFileSync(file, stringify(settings));
  return knownSenders(loadConfig(file, {}));
}

/** A FlexSettlement without ContractSettlement, which prose allows and the schema does not. */
function settlement(key: SecretKey): Uint8Array {
  const relaxations = new Set(['settlement-without-contract-settlement'] as const);
  const payload = encode(sampleOf('FlexSettlement', '3.1.0', { ContractSettlement: [] }), { relaxations });
  return writeSignedMessage({
    SenderDomain: 'dso.example.com',
    SenderRole: 'DSO',
    Body: encodeBase64(seal(payload, key)),
  });
}

describe('a post is read by what the configuration says of its sender', () => {
  it.each<[string, object]>([
    ['all relaxations, which is the default', {}],
    ['the relaxation it needs', { relaxations: ['settlement-without-contract-settlement'] }],
  ])('with %s it is taken', async (_, dso) => {
    const { message } = await verifyPost(settlement(old.secretKey), senders(dso));
    expect(message.type).toBe('FlexSettlement');
  });

  it.each<[string, object]>([
    ['none', { relaxations: [] }],
    ['another', { relaxations: ['settlement-without-result'] }],
  ])('with %s it is refused with 400', async (_, dso) => {
    await expect(verifyPost(settlement(old.secretKey), senders(dso))).rejects.toMatchObject({
      status: 400,
      cause: { code: 'uftp.schema-invalid' },
    });
  });

  it('under every active key of its sender, and under no other', async () => {
    const known = senders({});
    expect((await verifyPost(settlement(fresh.secretKey), known)).message.type).toBe('FlexSettlement');
    await expect(verifyPost(settlement(stranger.secretKey), known)).rejects.toMatchObject({ status: 401 });
  });
});
