import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VERSIONS } from '../definition/version.ts';
import { fullDrafts, optionalSlots, subsets, without, withDefaults } from '../messages/arbitrary.testkit.ts';
import { definitionOf, MESSAGES, type MessageType } from '../messages/index.ts';
import { decode, encode, STRICT } from './index.ts';

const TYPES = Object.keys(MESSAGES) as MessageType[];

describe.each(VERSIONS)('every message of version %s comes back as it was sent', (version) => {
  it.each(TYPES)('%s, in every combination of what is optional', (type) => {
    const definition = definitionOf(type);
    const slots = optionalSlots(definition, version);
    // A message with many optional attributes is its own sample: each combination is one more document.
    const numRuns = Math.max(1, Math.ceil(200 / 2 ** slots.length));
    fc.assert(
      fc.property(fullDrafts(type, version), (full) => {
        for (const left of subsets(slots)) {
          const draft = without(full, left);
          const back = decode(encode(draft), { relaxations: STRICT });
          expect(back).toEqual(withDefaults(draft, definition, version));
        }
      }),
      { numRuns },
    );
  });
});
