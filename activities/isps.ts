import type { PowerISP } from '../market/power.ts';
import type { StoredISP } from '../store/index.ts';

/** Powers as messages spell them, from those the store keeps. */
export function fromStored(isps: readonly StoredISP[]): PowerISP[] {
  return isps.map(({ start, duration, power }) => ({ Start: start, Duration: duration, Power: power }));
}

/** Powers as the store keeps them, from those that messages carry. */
export function toStored(isps: readonly PowerISP[]): StoredISP[] {
  return isps.map(({ Start, Duration, Power }) => ({ start: Start, duration: Duration, power: Power }));
}
