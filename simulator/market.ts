/** What a rehearsal's market has agreed on, and no message carries. */
export interface Market {
  readonly timeZone: string;
  /** As on messages: PT15M. */
  readonly ispDuration: string;
  readonly currency: string;
}

/** A congestion point as the DSO declares it and the CRO keeps it. */
export interface CongestionPoint {
  readonly entityAddress: string;
  /** The DSO it belongs to. */
  readonly dso: string;
  readonly mutexOffersSupported: boolean;
  readonly dayAheadRedispatchBy: 'AGR' | 'DSO';
  /** Absent: no intraday trading. */
  readonly intradayRedispatchBy?: 'AGR' | 'DSO' | undefined;
  readonly connections: readonly string[];
}

/** A bilateral contract: what is reserved every day, and what a missing MWh costs. */
export interface Contract {
  readonly id: string;
  /** Decimal string. */
  readonly penaltyPerMWh: string;
  readonly reserved: readonly {
    readonly start: number;
    readonly duration: number;
    readonly powerW: number;
  }[];
}

/** Metered power of one connection: average watts per ISP, + is consumption. */
export interface Readings {
  readonly connection: string;
  readonly isps: readonly { readonly start: number; readonly power: number }[];
}
