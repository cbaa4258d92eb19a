import { startVitest } from 'vitest/node';

/**
 * `npm test`: every lane, or those named (`npm test -- unit parts`). Ends with one plain line of counts, and
 * says what was left out and why.
 */
const LANES = ['check', 'unit', 'protocol', 'parts', 'whole'];
const asked = process.argv.slice(2);
const unknown = asked.filter((lane) => !LANES.includes(lane));
if (unknown.length > 0) {
  console.error(`There is no lane ${unknown.join(', ')}: name some of ${LANES.join(', ')}.`);
  process.exit(2);
}

const vitest = await startVitest('test', [], {
  run: true,
  watch: false,
  ...(asked.length > 0 && { project: asked }),
  reporters: [['default', { summary: false }]],
});
const counts = { passed: 0, failed: 0, skipped: 0 };
for (const module of vitest.state.getTestModules()) {
  if (module.state() === 'failed' && [...module.children.allTests()].length === 0) counts.failed += 1;
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    counts[state === 'passed' ? 'passed' : state === 'failed' ? 'failed' : 'skipped'] += 1;
  }
}
// A file or a hook that fails outside of any test fails the run all the same.
const outside = vitest.state.getUnhandledErrors().length;
await vitest.close();
console.log(`\n${counts.passed} passed, ${counts.failed + outside} failed, ${counts.skipped} skipped`);
process.exit(counts.failed + outside > 0 || counts.passed === 0 || process.exitCode ? 1 : 0);
