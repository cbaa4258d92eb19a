import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { RELAXATIONS } from '../uftp/codec/index.ts';
import { MESSAGES } from '../uftp/messages/index.ts';
import { MESSAGES_PAGE, renderMessages } from './generate.ts';

test('docs/uftp-messages.md is up to date', () => {
  const committed = readFileSync(MESSAGES_PAGE, 'utf8');
  expect(committed, 'run: node --import tsx docs/generate.ts').toBe(renderMessages());
  for (const type of Object.keys(MESSAGES)) expect(committed).toContain(`\n## ${type}\n`);
  for (const { name } of RELAXATIONS) expect(committed).toContain(`\n### ${name}\n`);
});
