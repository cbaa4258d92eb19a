/** The connections of one congestion point on one day, whose expected power is asked for. */
export interface BaselineQuestion {
  readonly dso: string;
  readonly congestionPoint: string;
  readonly period: string;
  readonly timeZone: string;
  readonly ispDuration: string;
  readonly ispCount: number;
  /** EntityAddresses, in order. */
  readonly connections: readonly string[];
  /** Whether these are all that we serve there. */
  readonly whole: boolean;
}

/** Expected power in W by ISP, + is consumption, the first is ISP 1; or a reason why it is not known. */
export type BaselineAnswer =
  | { readonly kind: 'known'; readonly power: readonly number[] }
  | { readonly kind: 'unknown'; readonly reason: string };

/** A source of expected power. */
export interface Baseline {
  expect(question: BaselineQuestion): Promise<BaselineAnswer>;
}

export const known = (power: readonly number[]): BaselineAnswer => ({ kind: 'known', power });
export const unknown = (reason: string): BaselineAnswer => ({ kind: 'unknown', reason });

/** Powers (W by ISP) added up; all have as many ISPs as the day. */
export function sumOf(powers: readonly (readonly number[])[], ispCount: number): number[] {
  return Array.from({ length: ispCount }, (_, index) =>
    powers.reduce((sum, power) => sum + power[index]!, 0),
  );
}
