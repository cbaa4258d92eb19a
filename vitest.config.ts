import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const resolve = { conditions: ['flexor-source', 'module', 'node'] };
const ssr = { resolve: { conditions: ['flexor-source', 'module', 'node'] } };
const cores = availableParallelism();

/**
 * The lanes, fastest first. `npm test -- LANE …` runs some of them.
 * - check: types, lint with the arrows between rooms, format
 * - unit: pure code and what needs no service
 * - protocol: the official schemas, other libraries, mutated documents
 * - parts: each room against the real services it uses
 * - whole: Flexor as processes, against simulated and foreign counterparties
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'check',
          maxWorkers: cores,
          include: ['test/check/**/*.test.ts'],
          testTimeout: 300_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'unit',
          maxWorkers: cores,
          include: [
            '{base,uftp,market,workflows,activities,store,config,api,services,simulator,rehearsal,cli,docs}/**/*.test.ts',
            'test/docs/**/*.test.ts',
            'test/mutations/**/*.test.ts',
          ],
          testTimeout: 60_000,
          // Beside the checks, which take one core for most of their time.
          sequence: { groupOrder: 0 },
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'protocol',
          maxWorkers: cores,
          include: ['test/uftp/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'parts',
          // Much of the time of these tests is waiting for services.
          maxWorkers: cores + 1,
          include: ['test/{services,store,api,simulator,deploy,workflows}/**/*.test.ts'],
          globalSetup: ['test/support/global-postgres.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 3 },
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'whole',
          include: ['test/{e2e,interop}/**/*.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          maxWorkers: cores,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
});
