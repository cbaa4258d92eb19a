/** Measured power of a connection in one ISP. */
export interface MeterReading {
  readonly connection: string;
  readonly period: string;
  /** ISP number, from 1. */
  readonly isp: number;
  /** W, + is consumption. */
  readonly power: number;
  /** ISO, UTC. */
  readonly recordedAt: string;
}

/** What a meter tells beside power: energy in the ISP, or a register at the end of it. */
export type MeterValueKind = 'importEnergy' | 'exportEnergy' | 'importRegister' | 'exportRegister';

/** A register that did not simply count on in its ISP. kWh, decimal strings. */
export type RegisterEvent =
  /** It stood at `from`, where that is known, and went on from `to`. */
  | { readonly kind: 'reset'; readonly to: string; readonly from?: string }
  /** After its last number it began with 0 again; it has `at` kWh in all. */
  | { readonly kind: 'rollover'; readonly at: string };

/** One value of one connection and ISP. */
export interface MeterValue {
  readonly connection: string;
  readonly period: string;
  /** ISP number, from 1. */
  readonly isp: number;
  readonly kind: MeterValueKind;
  /** kWh, a decimal string, never negative. */
  readonly value: string;
  readonly event?: RegisterEvent;
  /** ISO, UTC. */
  readonly recordedAt: string;
}

/** A connection's day. */
export interface ConnectionDay {
  readonly connection: string;
  readonly period: string;
}

/** What is known of a connection; from one day to another, both included. */
export interface KnownReadings {
  /** Those of these connections of which anything beside power is known. */
  withValues(connections: readonly string[]): Promise<readonly string[]>;
  /** Beside power. */
  values(connection: string, from: string, to: string): Promise<readonly MeterValue[]>;
  powers(connection: string, from: string, to: string): Promise<readonly MeterReading[]>;
  /** The last reading of a register before these days, and the first after them. */
  registersAround(
    connection: string,
    kind: MeterValueKind,
    from: string,
    to: string,
  ): Promise<readonly MeterValue[]>;
}

/** A value that was worked out, and does not follow any more from what is known. */
export interface UnknownValue extends ConnectionDay {
  readonly isp: number;
  readonly kind: MeterValueKind | 'power';
}

/** Readings as they are to be kept. */
export interface JudgedReadings {
  readonly powers: readonly MeterReading[];
  readonly values: readonly MeterValue[];
  readonly unknown?: readonly UnknownValue[];
  /** When they were recorded (ISO, UTC). */
  readonly at: string;
}

/** What became of readings that were handed in. Counts are of ISPs and kinds. */
export interface SavedReadings {
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  /** Days of connections whose readings are not what they were. */
  readonly days: readonly ConnectionDay[];
  readonly importId?: string;
}

/** The same, of a file; `repeated`: it was taken before, these are the counts of then, and nothing was changed. */
export interface SavedFile extends SavedReadings {
  readonly importId: string;
  readonly repeated: boolean;
}
