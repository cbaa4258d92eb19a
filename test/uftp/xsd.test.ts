import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encode, writeSignedMessage } from '../../uftp/codec/index.ts';
import { VERSIONS } from '../../uftp/definition/version.ts';
import { fullDrafts, optionalSlots, subsets, without } from '../../uftp/messages/arbitrary.testkit.ts';
import { definitionOf, MESSAGES, type MessageType } from '../../uftp/messages/index.ts';
import { hasOfficialSchemas, officialVerdict, whySkipped } from './official-schema.ts';

const TYPES = Object.keys(MESSAGES) as MessageType[];
const lane = hasOfficialSchemas ? describe : describe.skip;
if (!hasOfficialSchemas) console.warn(`Skipped: ${whySkipped}.`);

lane.each(VERSIONS)('what is sent in version %s follows the official schema', (version) => {
  it.each(TYPES)('%s, in every combination of what is optional', (type) => {
    const slots = optionalSlots(definitionOf(type), version);
    const numRuns = Math.max(1, Math.ceil(200 / 2 ** slots.length));
    fc.assert(
      fc.property(fullDrafts(type, version), (full) => {
        for (const left of subsets(slots)) {
          expect(officialVerdict(encode(without(full, left)), version)).toBeUndefined();
        }
      }),
      { numRuns },
    );
  });

  it('the SignedMessage around it', () => {
    const roles = fc.constantFrom('AGR', 'CRO', 'DSO');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), roles, (sealed, SenderRole) => {
        const Body = Buffer.from(sealed).toString('base64');
        const wrapper = writeSignedMessage({ SenderDomain: 'dso.example.com', SenderRole, Body });
        expect(officialVerdict(wrapper, version)).toBeUndefined();
      }),
    );
  });
});
