import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Code whose guards are mutated, and the tests that have to notice. Absolute paths. */
export interface Room {
  readonly code: readonly string[];
  readonly tests: readonly string[];
}

const folder = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));

function filesOf(name: string, pattern: RegExp): string[] {
  return readdirSync(folder(name))
    .filter((file) => pattern.test(file))
    .map((file) => join(folder(name), file));
}

/** The decisions that bind: what becomes of a conversation, which order matches, what contracts and gates allow. */
export const ROOMS: readonly Room[] = [
  {
    code: [
      ...filesOf('market/flex-request', /^(on-(?!.*\.test).*|order-check|phase|step|reducer|state)\.ts$/),
      folder('uftp/rules/order-match.ts'),
    ],
    tests: filesOf('market/flex-request', /^o.*\.test\.ts$/),
  },
  {
    code: filesOf('market', /^(contract-order|reservation|obligation|gates)\.ts$/),
    tests: filesOf('market', /^(contract-order|reservation|obligation|gates)\.test\.ts$/),
  },
];
