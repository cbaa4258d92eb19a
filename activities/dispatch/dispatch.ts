import type { DispatchPlan } from './plan.ts';

/** What became of a plan that was handed over. */
export type HandedOver =
  | { readonly outcome: 'confirmed' }
  | {
      readonly outcome: 'refused';
      readonly reason: string;
      /** W by ISP that can be delivered all the same, where less can than was ordered. */
      readonly shortISPs?: readonly { readonly ISP: number; readonly Power: number }[];
    };

/** Something that makes assets follow an order. */
export interface Dispatch {
  /** What the audit calls it. */
  readonly name: string;
  /**
   * Hands a plan over, and returns when it was taken for good or refused for good. What it throws is tried again,
   * with the same plan under the same key, which therefore must not be followed twice.
   *
   * @param key the same for every try of the same plan
   * @param signal tells a connector that takes long that nobody waits any more
   */
  handOver(plan: DispatchPlan, key: string, signal: AbortSignal): Promise<HandedOver>;
}
