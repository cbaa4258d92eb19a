import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { ConfigError, exampleConfig, loadConfig, type Problem } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'flexor-strategy-'));
afterAll(() => rmSync(folder, { recursive: true }));

function load(settings: object) {
  const file = join(folder, 'flexor.yaml');
  writeFileSync(file, stringify({ ...(parse(exampleConfig()) as object), ...settings }));
  return loadConfig(file, {});
}

function problemsOf(settings: object): Problem[] {
  try {
    load(settings);
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.details['problems'] as Problem[];
    throw thrown;
  }
  return [];
}

const webhook = {
  kind: 'webhook',
  url: 'https://optimiser.example.com/',
  secret: { file: 'optimiser.secret' },
};
const forDSO = { for: { dso: 'dso.example.com' } };

describe('the strategies', () => {
  it('may be webhooks, for some requests or for all', () => {
    const { strategy, strategies } = load({
      strategy: webhook,
      strategies: [{ ...forDSO, kind: 'merit-order' }],
    });
    expect(strategy).toEqual({
      ...webhook,
      secret: { file: join(folder, 'optimiser.secret') },
      deadline: 'PT10S',
      fallback: 'merit-order',
      options: 1,
      offerValidity: 'PT2H',
      minActivationFactor: '1.00',
    });
    expect(strategies).toEqual([
      { ...forDSO, kind: 'merit-order', options: 1, offerValidity: 'PT2H', minActivationFactor: '1.00' },
    ]);
  });

  it('may be an operator with a deadline and a fallback', () => {
    expect(load({ strategy: { kind: 'manual', deadline: 'PT30M', fallback: 'no-bid' } }).strategy).toEqual({
      ...{ kind: 'manual', deadline: 'PT30M', fallback: 'no-bid', options: 1 },
      ...{ offerValidity: 'PT2H', minActivationFactor: '1.00' },
    });
  });

  it.each([
    [
      'an operator without end',
      { strategy: { kind: 'manual', deadline: '-PT1H' } },
      'strategy.deadline',
      'ISO 8601',
    ],
    ['no alternative', { strategy: { kind: 'merit-order', options: 0 } }, 'strategy.options', 'digits'],
    ['a dice', { strategy: { kind: 'dice' } }, 'strategy.kind', 'Write merit-order, webhook or manual.'],
    [
      'a long deadline',
      { strategy: { ...webhook, deadline: 'PT31S' } },
      'strategy.deadline',
      'at most PT30S',
    ],
    [
      'plain http',
      { strategy: { ...webhook, url: 'http://optimiser.example.com/' } },
      'strategy.url',
      'https',
    ],
    ['no secret', { strategy: { ...webhook, secret: undefined } }, 'strategy.secret', 'Add it.'],
    ['a secret itself', { strategy: { ...webhook, secret: 'x' } }, 'strategy.secret', '{ file: path }'],
    ['nobody', { strategies: [{ for: {}, kind: 'merit-order' }] }, 'strategies[0].for', 'Name dso'],
    [
      'an unknown DSO',
      { strategies: [{ ...webhook, for: { dso: 'x.example.com' } }] },
      'strategies[0].for.dso',
      'DSO',
    ],
    ['no target', { strategies: [webhook] }, 'strategies[0].for', ''],
  ])('%s is refused', (_, settings, path, remedy) => {
    const problems = problemsOf(settings);
    expect(problems).toContainEqual(
      expect.objectContaining({ path, remedy: expect.stringContaining(remedy) as string }),
    );
  });

  it('may be asked on this machine without TLS', () => {
    expect(problemsOf({ strategy: { ...webhook, url: 'http://127.0.0.1:9000/offers' } })).toEqual([]);
  });
});
