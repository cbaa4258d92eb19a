import { expect, it } from 'vitest';
import { isToBeRaised } from './raise.ts';

const LOW = 'Subordinate sequence number';
/** The last messages, newest first: why each was rejected (`ok`: it was not), and the readings that it told. */
const told = (...messages: readonly [string | undefined, number][]) =>
  messages.map(([reason, readings]) => ({
    ...(reason === 'ok' ? { status: 'accepted' } : { status: 'rejected', reason }),
    readings,
  }));

it.each([
  ['a higher revision is known', told([LOW, 1]), true],
  ['in other words', told(['A higher Revision is known', 1]), true],
  ['for the third time', told([LOW, 1], [LOW, 1], [LOW, 1]), true],
  ['for the fourth time', told([LOW, 1], [LOW, 1], [LOW, 1], [LOW, 1]), false],
  ['after many corrections', told([LOW, 9], ['ok', 8], ['ok', 7], ['ok', 6]), true],
  ['of readings that were corrected since', told([LOW, 2], [LOW, 1], [LOW, 1], [LOW, 1]), true],
  ['for another reason', told(['Unknown EAN', 1]), false],
  ['for no reason', told([undefined, 1]), false],
  ['accepted', told(['ok', 1]), false],
  ['never sent', [], false],
])('%s: raised %s', (_, messages, raised) => {
  expect(isToBeRaised(messages)).toBe(raised);
});
