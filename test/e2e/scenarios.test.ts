import { describe, expect, test } from 'vitest';
import { nextAct } from '../../rehearsal/next-act.ts';
import type { FlexorConfiguration } from '../../rehearsal/stage.ts';
import { type Story, STORIES } from '../../rehearsal/stories/index.ts';
import { testRehearsal } from '../support/rehearsal.ts';

const told = STORIES.slice(1);
/** Settles first of all: no settlement may leave out what an earlier story ordered. */
const FIRST = 'disputed';
/** These contradict what the others configure: before each of them, Flexor starts again with what it needs. */
const APART = ['manual', 'corrected', 'prognosis'];
const named = (...names: string[]) => told.filter(({ name }) => names.includes(name));
const together = told.filter(({ name }) => name !== FIRST && !APART.includes(name));

describe('on one market, one story after the other', () => {
  const market = testRehearsal();

  test.each(named(FIRST))('$name: $title', ({ play }) => tell(play));

  test.each(named(...APART))('$name, configured for it: $title', async ({ play, configure }) => {
    await market.startAgain(configure);
    await tell(play);
  });

  test('the others can be configured together', () =>
    market.startAgain((usual) => together.reduce<FlexorConfiguration>(configuredFor, usual)));

  test.each(together)('$name: $title', ({ play }) => tell(play));

  async function tell(play: Story['play']): Promise<void> {
    const steps: string[] = [];
    const report = await play(await nextAct(market.on), (line) => steps.push(line));
    expect(steps.length).toBeGreaterThan(2);
    if (report) expect(report.conversation.snapshot.phase).toBe(report.conversation.state);
  }
});

/** The configuration with what one more story needs. */
function configuredFor(usual: FlexorConfiguration, { configure }: Story): FlexorConfiguration {
  return configure ? (configure(usual) as FlexorConfiguration) : usual;
}
