import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { RULES } from '../uftp/rules/index.ts';
import { renderRules, RULES_PAGE } from './generate-rules.ts';

test('docs/uftp-rules.md is up to date', () => {
  const committed = readFileSync(RULES_PAGE, 'utf8');
  expect(committed, 'run: node --import tsx docs/generate-rules.ts').toBe(renderRules());
  for (const { name } of RULES) expect(committed).toContain(`### ${name}\n`);
});
