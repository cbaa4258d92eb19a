import { expect, test } from 'vitest';
import { VERSIONS } from '../definition/version.ts';
import { sampleOf } from '../samples/index.ts';
import { ALL } from './facts.ts';
import { checkOutgoing } from './index.ts';

test.each(VERSIONS.flatMap((version) => ALL.map((type) => [type, version] as const)))(
  'the sample of %s in %s keeps every rule on what is sent',
  (type, version) => expect(checkOutgoing(sampleOf(type, version))).toEqual([]),
);
