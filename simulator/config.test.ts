import { describe, expect, it } from 'vitest';
import { checkSimulatorConfig, type SimulatorConfigFile } from './config.ts';
import { congestionPoint } from './scenario.ts';

const cro: SimulatorConfigFile = {
  role: 'CRO',
  domain: 'cro.example.com',
  signingKey: { file: 'signing.key' },
  clockFile: '../clock.json',
  aggregator: { domain: 'agr.example.com', endpoint: 'http://127.0.0.1:8080/', publicKeys: ['key'] },
  congestionPoints: [{ ...congestionPoint, connections: [...congestionPoint.connections] }],
};

describe("a simulator's configuration", () => {
  it('finds files from where it lies, and listens on loopback unless told otherwise', () => {
    expect(checkSimulatorConfig(cro, '/rehearsal/cro')).toMatchObject({
      signingKey: { file: '/rehearsal/cro/signing.key' },
      clockFile: '/rehearsal/clock.json',
      host: '127.0.0.1',
      port: 0,
      controlHost: '127.0.0.1',
      controlPort: 0,
      version: '3.1.0',
    });
  });

  it.each([
    ['a role that is neither', { ...cro, role: 'AGR' }, 'role'],
    ['a DSO without its market', { ...cro, role: 'DSO' }, 'market'],
    ['a field it does not know', { ...cro, prot: 1 }, 'prot'],
    ['no aggregator', { ...cro, aggregator: undefined }, 'aggregator'],
  ])('refuses %s, by name', (_, content, field) => {
    expect(() => checkSimulatorConfig(content, '/')).toThrow(
      expect.objectContaining({
        code: 'simulator.config-invalid',
        message: expect.stringContaining(field) as string,
      }),
    );
  });
});
