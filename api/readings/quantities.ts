import Big from 'big.js';
import type { MeterValueKind } from '../../store/index.ts';

/**
 * What readings may be. `energy` is the net of a connection, + is consumption; `register` the only register of a
 * connection that never gives anything back. All others are UFTP Metering's profile types: of the import and of the
 * export of a connection, never negative.
 */
export const READING_KINDS = [
  'power',
  'energy',
  'importEnergy',
  'exportEnergy',
  'register',
  'importRegister',
  'exportRegister',
] as const;
export type ReadingKind = (typeof READING_KINDS)[number];

/** A direction that energy is counted in, and what it is kept as. */
export const DIRECTIONS = [
  { energy: 'importEnergy', register: 'importRegister' },
  { energy: 'exportEnergy', register: 'exportRegister' },
] as const satisfies readonly { energy: MeterValueKind; register: MeterValueKind }[];

const POWER_UNITS: Readonly<Record<string, number>> = { W: 1, kW: 1_000, MW: 1_000_000 };
const ENERGY_UNITS: Readonly<Record<string, string>> = { Wh: '0.001', kWh: '1', MWh: '1000' };

const DECIMAL = /^[+-]?\d{1,15}(?:\.\d{1,12})?$/;
const ENERGY_DECIMALS = 6;
const LARGEST_W = 2 ** 31 - 1;
/** kWh; what a decimal of 20 digits with 6 decimals holds. */
const LARGEST_KWH = 99_999_999_999_999;

export const isRegister = (kind: ReadingKind): boolean => kind.endsWith('egister');

/** Why a field cannot be taken. */
export class Unfit {
  readonly field: string;
  readonly reason: string;
  constructor(field: string, reason: string) {
    this.field = field;
    this.reason = reason;
  }
}

/** A reading's number in W (power) or kWh (all else), exactly. `field`: which cell it stands in. */
export function quantity(text: string, unit: string, kind: ReadingKind, field = 'value'): Big | Unfit {
  if (/^[+-]?\d+,\d+$/.test(text))
    return new Unfit(field, `"${text}" has a comma: write decimals with a point`);
  if (!DECIMAL.test(text)) return new Unfit(field, `"${shown(text)}" is not a decimal number`);
  const units = kind === 'power' ? POWER_UNITS : ENERGY_UNITS;
  const factor = Object.hasOwn(units, unit) ? units[unit]! : undefined;
  if (factor === undefined) {
    const fitting = Object.keys(units).join(', ');
    return new Unfit('unit', `"${shown(unit)}" does not fit ${kind}, which is in ${fitting}`);
  }
  const value = new Big(text).times(factor);
  if (kind === 'power') return value;
  if (kind !== 'energy' && value.lt(0)) {
    return new Unfit(field, `${text} is negative; ${kind} only counts up`);
  }
  if (!value.round(ENERGY_DECIMALS).eq(value)) {
    return new Unfit(field, `${text} ${unit} has more than ${ENERGY_DECIMALS} decimals of a kWh`);
  }
  if (value.abs().gt(LARGEST_KWH)) return new Unfit(field, `${text} ${unit} is beyond any meter`);
  return value;
}

/**
 * Whole watts, as settlement has them. Half a watt is rounded away from zero (half up, of the magnitude), so that
 * consumption and production of one size stay of one size.
 */
export function wholeWatts(watts: Big): number | Unfit {
  const whole = watts.round(0, Big.roundHalfUp).toNumber();
  if (Math.abs(whole) > LARGEST_W) return new Unfit('value', `${watts.toFixed()} W is beyond any connection`);
  return whole === 0 ? 0 : whole;
}

/**
 * Power of an ISP in W. UFTP Metering, "Power": import minus export in kWh, times 60, by the minutes of the ISP.
 *
 * @param imported kWh, never negative
 * @param exported kWh, never negative
 */
export function wattsOf(imported: Big, exported: Big, ispMinutes: number): Big {
  return imported.minus(exported).times(60).times(1_000).div(ispMinutes);
}

/** Foreign text, short enough for a sentence. */
export const shown = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
