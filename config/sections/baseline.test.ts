import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { ConfigError, exampleConfig, loadConfig, type Problem, secretsOf } from '../index.ts';

const folder = mkdtempSync(join(tmpdir(), 'flexor-baseline-'));
afterAll(() => rmSync(folder, { recursive: true }));

const DSO = 'dso.example.com';
const webhook = { kind: 'webhook', url: 'https://forecast.example.com/', secret: { file: 'f.secret' } };

function load(settings: object, dso: object = {}) {
  const file = join(folder, 'flexor.yaml');
  const example = parse(exampleConfig()) as { participants: { domain: string }[] };
  const participants = example.participants.map((each) => (each.domain === DSO ? { ...each, ...dso } : each));
  writeFileSync(file, stringify({ ...example, participants, ...settings }));
  return loadConfig(file, {});
}

function problemsOf(...given: Parameters<typeof load>): Problem[] {
  try {
    load(...given);
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.details['problems'] as Problem[];
    throw thrown;
  }
  return [];
}

describe('the baseline agreed with a DSO', () => {
  it('may be D-Prognoses, sent in the morning and missed an hour before the gate closes', () => {
    const { baseline } = load({}, { baseline: { kind: 'd-prognosis' } }).participant(DSO, 'DSO')!;
    expect(baseline).toEqual({ kind: 'd-prognosis', at: '08:00', warnBefore: 'PT1H' });
  });

  it.each([
    ['at', { at: '8:00' }],
    ['at', { at: 800 }],
    ['warnBefore', { warnBefore: '-PT1H' }],
    ['reference', { reference: 'BL' }],
  ])('with a wrong %s is refused', (field, given) => {
    const problems = problemsOf({}, { baseline: { kind: 'd-prognosis', ...given } });
    expect(problems.map(({ path }) => path)).toEqual([`participants[0].baseline.${field}`]);
  });

  it('has gates that close at noon and an hour before delivery, unless the market says otherwise', () => {
    const market = { timeZone: 'Europe/Amsterdam' };
    const gates = (given: object) => load({}, { market: given }).participant(DSO, 'DSO')!.market.gateClosure;
    expect(gates(market)).toEqual({ dayAhead: '12:00', intraday: 'PT1H' });
    expect(gates({ ...market, gateClosure: { dayAhead: '09:30' } }).dayAhead).toBe('09:30');
    const wrong = problemsOf({}, { market: { ...market, gateClosure: { dayAhead: '24:00' } } });
    expect(wrong.map(({ path }) => path)).toEqual(['participants[0].market.gateClosure.dayAhead']);
  });
});

describe('where forecasts come from', () => {
  it('is chosen by DSO, congestion point and connection', () => {
    const config = load({
      forecast: webhook,
      forecasts: [{ for: { connection: 'ean.871685900012636550' }, kind: 'meter-history' }],
    });
    const secret = { file: join(folder, 'f.secret') };
    expect(config.forecast).toEqual({ ...webhook, secret, deadline: 'PT10S' });
    expect(config.forecasts).toMatchObject([{ kind: 'meter-history', days: 5, within: 42 }]);
    expect(secretsOf(config)).toContainEqual(secret);
  });

  it.each([
    [
      'an oracle',
      { forecast: { kind: 'oracle' } },
      'forecast.kind',
      'Write uploaded, meter-history or webhook.',
    ],
    [
      'plain http',
      { forecast: { ...webhook, url: 'http://far.example.com/' } },
      'forecast.url',
      'Use https.',
    ],
    ['too long a wait', { forecast: { ...webhook, deadline: 'PT2M' } }, 'forecast.deadline', 'at most PT60S'],
    ['nobody', { forecasts: [{ for: {}, kind: 'uploaded' }] }, 'forecasts[0].for', 'Name dso'],
    [
      'an unknown DSO',
      { forecasts: [{ for: { dso: 'x.example.com' }, kind: 'uploaded' }] },
      'forecasts[0].for.dso',
      'DSO',
    ],
  ])('%s is refused', (_, settings, path, remedy) => {
    expect(problemsOf(settings)).toContainEqual(
      expect.objectContaining({ path, remedy: expect.stringContaining(remedy) as string }),
    );
  });
});
