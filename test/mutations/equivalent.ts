import type { Mutation } from './instrument.ts';

/** Mutations that change nothing that could be noticed, and why. */
export const EQUIVALENT: readonly (Pick<Mutation, 'code' | 'change'> & {
  readonly file: string;
  readonly because: string;
})[] = [];
