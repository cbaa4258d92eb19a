import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { ConfigError, exampleConfig, loadConfig, type Problem, secretsOf } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'flexor-dispatch-'));
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

const hook = { url: 'https://assets.example.com/', secret: { file: 'assets.secret' } };
const webhook = { kind: 'webhook', ...hook };
const forDSO = { for: { dso: 'dso.example.com' } };

describe('where plans and alerts go', () => {
  it('is the log and nobody, unless something else is said', () => {
    const { dispatch, dispatches, alerts } = load({ dispatch: undefined });
    expect([dispatch, dispatches, alerts]).toEqual([{ kind: 'log', leadTime: 'PT15M' }, [], {}]);
  });

  it('may be systems of the user, whose secrets stand elsewhere', () => {
    const config = load({
      dispatch: webhook,
      dispatches: [{ ...forDSO, kind: 'log', leadTime: 'PT1H' }],
      alerts: { webhook: { ...hook, deadline: 'PT5S' } },
    });
    const secret = { file: join(folder, 'assets.secret') };
    expect(config.dispatch).toEqual({ ...webhook, secret, deadline: 'PT10S', leadTime: 'PT15M' });
    expect(config.dispatches).toEqual([{ ...forDSO, kind: 'log', leadTime: 'PT1H' }]);
    expect(config.alerts).toEqual({ webhook: { ...hook, secret, deadline: 'PT5S' } });
    expect(secretsOf(config).filter((each) => 'file' in each && each.file === secret.file)).toHaveLength(2);
  });

  it('may be on this machine without TLS', () => {
    expect(problemsOf({ dispatch: { ...webhook, url: 'http://127.0.0.1:9000/plans' } })).toEqual([]);
  });

  it.each([
    ['a pigeon', { dispatch: { kind: 'pigeon' } }, 'dispatch.kind', 'Write log or webhook.'],
    ['plain http', { dispatch: { ...webhook, url: 'http://x.example.com/' } }, 'dispatch.url', 'https'],
    ['no secret', { dispatch: { ...webhook, secret: undefined } }, 'dispatch.secret', 'Add it.'],
    ['a long deadline', { dispatch: { ...webhook, deadline: 'PT31S' } }, 'dispatch.deadline', 'PT30S'],
    ['no lead time', { dispatch: { kind: 'log', leadTime: 'PT0S' } }, 'dispatch.leadTime', 'PT15M'],
    ['nobody', { dispatches: [{ for: {}, kind: 'log' }] }, 'dispatches[0].for', 'Name dso'],
    ['no target', { dispatches: [{ kind: 'log' }] }, 'dispatches[0].for', ''],
    [
      'an unknown DSO',
      { dispatches: [{ for: { dso: 'x.example.com' }, kind: 'log' }] },
      'dispatches[0].for.dso',
      'Name the DSO',
    ],
    [
      'alerts by plain http',
      { alerts: { webhook: { ...hook, url: 'http://x.example.com/' } } },
      'alerts.webhook.url',
      'https',
    ],
    [
      'alerts without a secret',
      { alerts: { webhook: { url: hook.url } } },
      'alerts.webhook.secret',
      'Add it.',
    ],
    ['a misspelt field', { alerts: { webhok: hook } }, 'alerts.webhok', 'webhook'],
  ])('%s is refused', (_, settings, path, remedy) => {
    expect(problemsOf(settings)).toContainEqual(
      expect.objectContaining({ path, remedy: expect.stringContaining(remedy) as string }),
    );
  });
});
