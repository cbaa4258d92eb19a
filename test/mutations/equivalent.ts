import type { Mutation } from './instrument.ts';

const NARROWING =
  'An offer, an order or an open request is never there without it: the check is for the types.';

/** Mutations that change nothing that could be noticed, and why. */
export const EQUIVALENT: readonly (Pick<Mutation, 'code' | 'change'> & {
  readonly file: string;
  readonly because: string;
})[] = [
  { file: 'on-clock.ts', code: '!request', change: 'dropped', because: NARROWING },
  {
    file: 'on-clock.ts',
    code: "(offer.status === 'Sent' || offer.status === 'Revoking')",
    change: 'dropped',
    because: 'What an answer is awaited for is taken away with every other status.',
  },
  {
    file: 'on-order.ts',
    code: '!offer',
    change: 'dropped',
    because: 'An order on no offer of ours always has a reason against it.',
  },
  { file: 'on-order.ts', code: '!frame', change: 'dropped', because: NARROWING },
  { file: 'on-revocation.ts', code: '!frame', change: 'dropped', because: NARROWING },
  { file: 'on-revocation.ts', code: '!offer.messageId', change: 'dropped', because: NARROWING },
  { file: 'order-check.ts', code: '!frame', change: 'dropped', because: NARROWING },
  { file: 'on-shortfall.ts', code: '!found', change: 'dropped', because: NARROWING },
  { file: 'on-shortfall.ts', code: 'frame', change: 'dropped', because: NARROWING },
  {
    file: 'reducer.ts',
    code: "decision.kind !== 'noBid'",
    change: 'dropped',
    because: 'No other decision names a newer Revision: the check is for the types.',
  },
];
