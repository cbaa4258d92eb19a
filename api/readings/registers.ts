import Big from 'big.js';
import type { MeterValue, MeterValueKind, RegisterEvent } from '../../store/index.ts';
import type { Slot } from './moments.ts';
import type { Page } from './page.ts';
import { Unfit } from './quantities.ts';

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
  /** Where the later, or else the earlier, of both stands; absent: both were known before. */
  readonly place?: number;
}

/** A register that cannot stand as it does after the reading before it. */
export interface Fault {
  readonly place: number;
  readonly unfit: Unfit;
}

/** A register's readings in the order of time: those known before, and those handed in, which win. */
export function registersOf(
  known: readonly MeterValue[],
  register: MeterValueKind,
  page?: Page,
): RegisterReading[] {
  const merged = new Map<string, RegisterReading>();
  const put = (reading: RegisterReading) =>
    merged.set(`${reading.period} ${String(reading.isp).padStart(4, '0')}`, reading);
  for (const { kind, period, isp, value, event } of known) {
    if (kind === register) put({ period, isp, value: new Big(value), ...(event && { event }) });
  }
  for (const cell of page?.cells(register) ?? []) put(cell);
  return [...merged].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, reading]) => reading);
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
): { readonly energies: DerivedEnergy[]; readonly faults: Fault[] } {
  const energies: DerivedEnergy[] = [];
  const faults: Fault[] = [];
  readings.forEach((reading, index) => {
    const before = readings[index - 1];
    if (before === undefined) return;
    const place = reading.place ?? before.place;
    const unfit = faultOf(reading, before);
    if (unfit) {
      // What was known before is not judged again, unless a new reading stands beside it.
      if (place !== undefined) faults.push({ place, unfit });
      return;
    }
    const value = countedBetween(before.value, reading);
    const { period, isp } = reading;
    if (value !== undefined && follows(before, reading))
      energies.push({ period, isp, value, ...(place !== undefined && { place }) });
  });
  return { energies, faults };
}

/** Registers only count up: a reset goes on from where the register stood or from above, a rollover makes it lower. */
function faultOf(reading: RegisterReading, before: RegisterReading): Unfit | undefined {
  const { value, event, period, isp } = reading;
  const where = `${before.value.toFixed()} kWh of ISP ${before.isp} of ${before.period}`;
  const stands = `the register stands at ${value.toFixed()} kWh at the end of ISP ${isp} of ${period}`;
  // The line that is wrong may be the one before: it has no such field.
  const field = (name: string) => (reading.place === undefined ? 'value' : name);
  switch (event?.kind) {
    case undefined:
      if (value.gte(before.value)) return undefined;
      return new Unfit('value', `${stands}, below ${where}: name resetTo, or rollsOverAt`);
    case 'rollover': {
      if (value.gte(before.value))
        return new Unfit(
          field('rollsOverAt'),
          `${stands}, which is not below ${where}: it did not roll over`,
        );
      if (before.value.lte(event.at)) return undefined;
      return new Unfit(field('rollsOverAt'), `the register holds ${event.at} kWh, and stood at ${where}`);
    }
    case 'reset':
      if (event.from === undefined || before.value.lte(event.from)) return undefined;
      return new Unfit(
        field('resetFrom'),
        `the register was reset from ${event.from} kWh in ISP ${isp} of ${period}, below ${where}`,
      );
  }
}

function countedBetween(before: Big, { value, event }: RegisterReading): Big | undefined {
  if (event === undefined) return value.minus(before);
  if (event.kind === 'rollover') return value.plus(event.at).minus(before);
  if (event.from === undefined) return undefined;
  return new Big(event.from).minus(before).plus(value.minus(event.to));
}
