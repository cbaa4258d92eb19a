import type { Delivery } from '../market/flex-request/index.ts';

/** A message to a CRO of the running workflow. */
export interface ToCro {
  readonly cro: string;
  readonly step: string;
  readonly conversationId: string;
}

/** A delivery, and how long its answer may take. */
export type Asked = Delivery & {
  /** When the answer is overdue (UTC). */
  readonly answerBy: string;
};

/** What there is to tell a CRO. */
export interface PortfolioStanding {
  /** The version of the portfolio now. */
  readonly version: number;
  /** Whether the CRO accepted an earlier one, or none. */
  readonly dirty: boolean;
  /** How many entries an update would have; an update cannot have none. */
  readonly entries: number;
}

/** A CRO's view of one day, in numbers. */
export interface PortfolioSummary {
  readonly period: string;
  readonly congestionPoints: number;
  readonly connections: number;
  /** Own connections that are on no congestion point. */
  readonly unallocated: number;
}

/** What a view says differently from the one before, in numbers. */
export interface ViewComparison {
  readonly appeared: number;
  readonly vanished: number;
  readonly flagsChanged: number;
  /** Connections that are represented on that day and that the view does not know. */
  readonly missing: number;
}

/** How a synchronisation stands, for the operator. `stopped` raises an alert, `synced` takes it back. */
export interface SyncStage {
  readonly cro: string;
  readonly stage: 'updating' | 'asking' | 'comparing' | 'synced' | 'empty' | 'stopped';
  /** What there is to say about it. Plain JSON. */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** The version that the CRO accepted. */
  readonly acceptedVersion?: number;
}

/** What the synchronisation with a CRO has done outside of itself. */
export interface PortfolioActivities {
  /** What the CRO does not know yet. */
  portfolioStanding(input: { cro: string }): Promise<PortfolioStanding>;
  /** Sends the whole portfolio to the CRO. */
  sendPortfolioUpdate(input: ToCro): Promise<Asked>;
  /** Asks the CRO for the view of a day; without `period`: of tomorrow. */
  sendPortfolioQuery(input: ToCro & { period?: string }): Promise<Asked>;
  /** Keeps what the CRO answered; returns what it says in short. */
  keepPortfolioView(input: { inboxId: string }): Promise<PortfolioSummary>;
  /**
   * Keeps the answer that nothing is registered as a view that shows nothing, where we represent nobody on its day.
   *
   * @returns undefined where somebody is represented, so that the answer is wrong
   */
  keepViewOfNobody(input: { inboxId: string }): Promise<PortfolioSummary | undefined>;
  /** Compares an answer with the one before and with the portfolio, and lets follow what follows from it. */
  comparePortfolioView(input: { inboxId: string; lastWord: boolean }): Promise<ViewComparison>;
  /** Writes down how the synchronisation stands. */
  recordSync(input: SyncStage): Promise<void>;
}
