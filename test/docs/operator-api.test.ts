import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const folder = fileURLToPath(new URL('../../api/operator/', import.meta.url));
const page = readFileSync(new URL('../../docs/operator-api.md', import.meta.url), 'utf8');
const source = readdirSync(folder)
  .map((name) => readFileSync(`${folder}${name}`, 'utf8'))
  .join('\n');

/** Every `/v1/…` path in quotes; the commands of a conversation are put together from their names. */
const registered = new Set([...source.matchAll(/'(\/v1\/[\w:/-]*[\w])'/g)].map(([, path]) => path!));
for (const command of ['offers', 'no-bid', 'revocations', 'resend', 'shortfalls']) {
  registered.add(`/v1/conversations/:workflowId/${command}`);
}
const documented = new Set([...page.matchAll(/`[A-Z]+ (\/v1\/[^`?]*)`/g)].map(([, path]) => path!));

test('docs/operator-api.md names every address of the operator, and none that is not there', () => {
  expect(registered.size).toBeGreaterThan(25);
  expect([...documented].sort()).toEqual([...registered].sort());
});
