import Big from 'big.js';
import type { RegisterEvent } from '../../store/index.ts';
import type { Slot } from './moments.ts';

/** A register as it was read at the end of an ISP. kWh. */
export interface RegisterReading extends Slot {
  readonly value: Big;
  readonly event?: RegisterEvent;
  /** Where it stands in what was handed in; absent: it was known before. */
  readonly place?: number;
}

/** Energy of one ISP, out of the registers before and after it. kWh. */
export interface DerivedEnergy extends Slot {
  readonly value: Big;
  readonly place: number;
}

/** A register that stands lower than before without a reason. */
export interface Decrease {
  readonly reading: RegisterReading;
  readonly before: RegisterReading;
}

/**
 * Energies between consecutive readings of one register. Between readings that have a gap of ISPs between them the
 * energy of each ISP is unknown; so is that of an ISP in which a register was reset from nobody knows where.
 *
 * @param readings in the order of time, each ISP once
 * @param follows whether the second ISP is the one after the first
 */
export function energiesBetween(
  readings: readonly RegisterReading[],
  follows: (first: Slot, second: Slot) => boolean,
): { readonly energies: DerivedEnergy[]; readonly decreases: Decrease[] } {
  const energies: DerivedEnergy[] = [];
  const decreases: Decrease[] = [];
  readings.forEach((reading, index) => {
    const before = readings[index - 1];
    const place = reading.place ?? before?.place;
    // What was known before is not judged again, unless a new reading stands beside it.
    if (before === undefined || place === undefined) return;
    const counted = countedBetween(before.value, reading);
    if (counted === undefined) return;
    if (counted.lt(0)) decreases.push({ reading, before });
    else if (follows(before, reading)) {
      energies.push({ period: reading.period, isp: reading.isp, value: counted, place });
    }
  });
  return { energies, decreases };
}

function countedBetween(before: Big, { value, event }: RegisterReading): Big | undefined {
  if (event === undefined) return value.minus(before);
  if (event.kind === 'rollover') return value.plus(event.at).minus(before);
  if (event.from === undefined) return undefined;
  return new Big(event.from).minus(before).plus(value.minus(event.to));
}
