import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { schemaVersion } from '../../uftp/codec/decode.ts';
import { ALL_RELAXATIONS, decode, encode, readSignedMessage, STRICT } from '../../uftp/codec/index.ts';
import { readXml } from '../../uftp/codec/xml-reader.ts';
import type { RelaxationName } from '../../uftp/definition/element.ts';
import { type Version, VERSIONS } from '../../uftp/definition/version.ts';
import { UftpError } from '../../uftp/errors.ts';
import { fullDrafts } from '../../uftp/messages/arbitrary.testkit.ts';
import { MESSAGES, type MessageType } from '../../uftp/messages/index.ts';
import { type Mutation, mutations } from './mutations.ts';
import { hasOfficialSchemas, officialVerdict, whySkipped } from './official-schema.ts';

/** Why the two verdicts on one document differ. */
interface Disagreement {
  readonly name: string;
  readonly because: string;
  readonly refusedBy: 'Flexor' | 'libxml2';
  readonly explains: (value: string, mutation: Mutation) => boolean;
}

const DISAGREEMENTS: readonly Disagreement[] = [
  {
    name: 'bound: safe integers',
    because: 'A whole number beyond 2^53 - 1 would lose precision in JSON; no power or revision needs it.',
    refusedBy: 'Flexor',
    explains: (value) => /^[+-]?[0-9]+$/.test(value) && !Number.isSafeInteger(Number(value)),
  },
  {
    name: 'bound: length of decimals',
    because: 'A decimal of more than 60 characters is no amount, and arithmetic on it has a cost.',
    refusedBy: 'Flexor',
    explains: (value) => value.length > 60 && /^[0-9.]+$/.test(value),
  },
  {
    name: 'bound: years',
    because:
      'xs:date has years before 1 and after 9999; the calendar of instants that compare as text has not.',
    refusedBy: 'Flexor',
    explains: (value) => /^(?:-[0-9]{4}|[0-9]{5,})-/.test(value),
  },
  {
    name: 'bound: length of domains',
    because: 'The domain name system has no name of more than 255 characters.',
    refusedBy: 'Flexor',
    explains: (value) => value.length > 255 && value.endsWith('com'),
  },
  {
    name: 'bound: ASCII digits',
    because: 'SpecVersion says \\d, which in XML Schema is a digit of any script; no version is written so.',
    refusedBy: 'Flexor',
    explains: (value) => /(?![0-9])\p{Nd}/u.test(value),
  },
  {
    name: 'libxml2: fraction of seconds without whole seconds',
    because: 'xs:duration demands a digit before the point; libxml2 does not.',
    refusedBy: 'Flexor',
    explains: (value) => value === 'PT.5S',
  },
  {
    name: 'libxml2: characters outside the alphabet of Base64',
    because: 'xs:base64Binary has 64 characters, = and white space; libxml2 passes over all others.',
    refusedBy: 'Flexor',
    explains: (value, { attribute }) => attribute?.name === 'Body' && /[^A-Za-z0-9+/= \t\n]/.test(value),
  },
  {
    name: 'libxml2: white space around dates and durations',
    because: 'XML Schema, 4.3.6: both types collapse white space; libxml2 does not do it for them.',
    refusedBy: 'libxml2',
    explains: (value) => /^[ \t\n]|[ \t\n]$/.test(value) && /^(?:\d{4}-\d\d-|PT)/.test(value.trim()),
  },
  {
    name: 'tolerance: white space where no children stand',
    because:
      'XML Schema, cvc-complex-type 2.1, refuses white space in an empty element; a printer may add it.',
    refusedBy: 'libxml2',
    explains: (_, { what }) => what.endsWith(' with white space'),
  },
];

function refusal(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof UftpError)) throw thrown;
    return `${thrown.code}: ${thrown.message}`;
  }
}

const strictly = (document: Uint8Array) => refusal(() => decode(document, { relaxations: STRICT }));
const used = new Set<string>();

/** What is wrong with the two verdicts on a mutation: undefined where they agree, or differ for a known reason. */
function unexplained(mutation: Mutation, ours: string | undefined, version: Version): string | undefined {
  const official = officialVerdict(mutation.document, version);
  if ((ours === undefined) === (official === undefined)) return undefined;
  const refusedBy = ours === undefined ? 'libxml2' : 'Flexor';
  const reason = DISAGREEMENTS.find(
    (each) => each.refusedBy === refusedBy && each.explains(mutation.attribute?.value ?? '', mutation),
  );
  if (reason) used.add(reason.name);
  return reason ? undefined : `${mutation.what}: refused only by ${refusedBy}: ${ours ?? official}`;
}

/** The schema that a mutated message asks for: its own Version's, or the newest. */
function versionOf({ what, attribute }: Mutation, version: Version): Version {
  return /^[^/]*\/@Version/.test(what) ? schemaVersion(attribute?.value) : version;
}

const lane = hasOfficialSchemas ? describe : describe.skip;
if (!hasOfficialSchemas) console.warn(`Skipped: ${whySkipped}.`);

lane('documents mutated away from the schema are refused by Flexor and by libxml2', () => {
  const types = Object.keys(MESSAGES) as MessageType[];
  const cases = VERSIONS.flatMap((version) => types.map((type) => ({ version, type })));

  it.each(cases)('$type $version', ({ version, type }) => {
    const [draft] = fc.sample(fullDrafts(type, version), { seed: 20260102, numRuns: 1 });
    for (const mutation of mutations(readXml(encode(draft!)))) {
      const ours = strictly(mutation.document);
      expect(unexplained(mutation, ours, versionOf(mutation, version))).toBeUndefined();
      if (ours !== undefined && refusal(() => decode(mutation.document)) === undefined)
        expect(needed(mutation.document), mutation.what).not.toEqual([]);
    }
  });

  it('SignedMessage', () => {
    const wrapper = '<SignedMessage SenderDomain="dso.example.com" SenderRole="DSO" Body="QUJDRA=="/>';
    for (const mutation of mutations(readXml(Buffer.from(wrapper)))) {
      const ours = refusal(() => readSignedMessage(mutation.document));
      expect(unexplained(mutation, ours, '3.1.0')).toBeUndefined();
    }
  });

  it('and every listed disagreement is one that exists', () => {
    expect([...used].sort()).toEqual(DISAGREEMENTS.map(({ name }) => name).sort());
  });
});

/** The relaxations without which a tolerated document would be refused. */
function needed(document: Uint8Array): RelaxationName[] {
  return [...ALL_RELAXATIONS].filter((name) => {
    const others = new Set([...ALL_RELAXATIONS].filter((other) => other !== name));
    return refusal(() => decode(document, { relaxations: others })) !== undefined;
  });
}
