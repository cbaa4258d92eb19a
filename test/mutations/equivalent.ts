import type { Mutation } from './instrument.ts';

const NARROWING = 'It is there, or what follows is false without it: the check is for the types.';

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
  {
    file: 'state.ts',
    code: 'direct',
    change: 'dropped',
    because: 'Every offer names a baseline, and an order on it has that of its offer.',
  },
  ...[
    '`${order.ActivationFactor} is below ${option.MinActivationFactor}`',
    '`ISP ${missing} was offered and is not ordered`',
    '`${order.Price}, due is ${due.toFixed()} ${order.Currency}`',
  ].map((code) => ({
    ...{ file: 'order-match.ts', code, change: 'dropped' as const },
    because: 'That there is a difference stays true; its words belong to the rules.',
  })),
  {
    file: 'obligation.ts',
    code: 'group.MaxPower <= 0',
    change: 'at the boundary',
    because: 'Of a band that ends at 0, nothing is requested either way.',
  },
  { file: 'reservation.ts', code: 'deadline !== undefined', change: 'dropped', because: NARROWING },
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
