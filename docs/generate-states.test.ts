import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { renderStates, STATES_PAGE } from './generate-states.ts';

test('docs/conversation-states.md is up to date', () => {
  const committed = readFileSync(STATES_PAGE, 'utf8');
  expect(committed, 'run: node --import tsx docs/generate-states.ts').toBe(renderStates());
});
