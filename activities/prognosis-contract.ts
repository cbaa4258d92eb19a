import type {
  PrognosisDelivery,
  PrognosisEffect,
  PrognosisState,
  PrognosisTerms,
} from '../market/prognosis/index.ts';

/** Whose prognoses: of one congestion point on one day. */
export interface PrognosisKey {
  readonly dso: string;
  readonly congestionPoint: string;
  readonly period: string;
}

type Effect<K extends PrognosisEffect['kind']> = Omit<Extract<PrognosisEffect, { kind: K }>, 'kind'>;

/** What workflows of D-Prognoses have done outside of themselves. */
export interface PrognosisActivities {
  /** What is agreed on with the DSO; undefined where prognoses are not (or no longer) the baseline. */
  openPrognosis(key: PrognosisKey): Promise<PrognosisTerms | undefined>;
  /** Expected power without any order, W by ISP; or why it is not known. */
  forecastPower(
    key: PrognosisKey,
  ): Promise<{ readonly power: readonly number[] } | { readonly reason: string }>;
  /** Gives the next Revision, fixes the message with it, and delivers it. */
  sendPrognosis(input: { terms: PrognosisTerms } & Effect<'send'>): Promise<PrognosisDelivery>;
  /** Keeps what the DSO answered: from then on an accepted one is in force for everybody. */
  keepPrognosisAnswer(answer: Effect<'keepAnswer'>): Promise<void>;
  /** Tells an order's conversation whether the DSO found it in a prognosis. */
  tellPrognosed(input: Effect<'tell'>): Promise<void>;
  /** Writes the state of the day to the read model, with its alerts and what orders froze. */
  recordPrognosis(state: PrognosisState): Promise<void>;
  /**
   * Has prognoses made, or made anew where they differ by now: of one congestion point or all, of one DSO or all,
   * for one day or else tomorrow. Where prognoses are not the agreed baseline, nothing happens.
   *
   * @returns how many days at congestion points were looked at
   */
  startPrognoses(input: Partial<PrognosisKey>): Promise<number>;
  /** No connection of ours is left there: what was sent last stays, and nothing follows. */
  stopPrognoses(input: PrognosisKey & { readonly reason: string }): Promise<void>;
}
