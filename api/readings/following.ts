import Big from 'big.js';
import type { KnownReadings, MeterValueKind, UnknownValue } from '../../store/index.ts';
import { addDays, ispCount, ispMinutes } from '../../uftp/index.ts';
import type { Grid, Slot } from './moments.ts';
import { type Page, PLACE } from './page.ts';
import { DIRECTIONS, Unfit, wattsOf, wholeWatts } from './quantities.ts';
import { energiesBetween, registersOf } from './registers.ts';

type Refuse = (place: number, unfit: Unfit) => void;
type Direction = (typeof DIRECTIONS)[number];

const ZERO = new Big(0);
const keyOf = ({ period, isp }: Slot, kind: string): string => `${period} ${isp} ${kind}`;

/**
 * Works out what follows from the readings of one connection beside what is known of it: energies from registers, power
 * from energies. What was worked out before and does not follow any more is unknown again. A reading that what is
 * known contradicts is refused, so that all profiles of a day tell one story.
 */
export class Following {
  readonly #page: Page;
  readonly #grid: Grid;
  readonly #refuse: Refuse;
  /** What is known, by slot and kind: W for power, kWh for all else. */
  readonly #known = new Map<string, Big>();
  readonly #unknown: (Slot & { kind: UnknownValue['kind'] })[] = [];

  constructor(page: Page, grid: Grid, refuse: Refuse) {
    this.#page = page;
    this.#grid = grid;
    this.#refuse = refuse;
  }

  /** Puts what follows on the page. @returns what is unknown again */
  async complete(connection: string, known: KnownReadings): Promise<UnknownValue[]> {
    const periods = [...this.#page.days.keys()].toSorted();
    if (periods.length === 0) return [];
    const days = [addDays(periods[0]!, -1), addDays(periods.at(-1)!, 1)] as const;
    const values = await known.values(connection, ...days);
    const powers = await known.powers(connection, ...days);
    for (const each of values) this.#known.set(keyOf(each, each.kind), new Big(each.value));
    for (const each of powers) this.#known.set(keyOf(each, 'power'), new Big(each.power));
    for (const direction of DIRECTIONS) {
      const [first] = this.#page.cells(direction.register);
      const around = first ? await known.registersAround(connection, direction.register, ...days) : [];
      this.#energies(direction, [...around, ...values]);
    }
    this.#powers();
    return this.#unknown.map((each) => ({ connection, ...each }));
  }

  #energies({ energy, register }: Direction, known: Parameters<typeof registersOf>[0]): void {
    const follows = (first: Slot, second: Slot) => this.#follows(first, second);
    const { energies, faults } = energiesBetween(registersOf(known, register, this.#page), follows);
    for (const { place, unfit } of faults) this.#refuse(place, unfit);
    for (const { place, ...derived } of energies) {
      if (place === undefined) this.#compare(derived, energy);
      else this.#derive(derived, energy, place);
    }
    const made = new Set(energies.map((each) => keyOf(each, energy)));
    for (const before of energiesBetween(registersOf(known, register), follows).energies) {
      const key = keyOf(before, energy);
      if (made.has(key) || this.#page.cell(before, energy) || !this.#known.get(key)?.eq(before.value))
        continue;
      this.#forget(before, energy);
    }
  }

  #derive({ value, ...slot }: Slot & { value: Big }, energy: MeterValueKind, place: number): void {
    const unfit =
      this.#page.put(slot, energy, { value, place }) ??
      (this.#page.oneWay && energy === 'importEnergy'
        ? this.#page.put(slot, 'exportEnergy', { value: ZERO, place })
        : undefined);
    if (unfit) this.#refuse(place, unfit);
  }

  /** An energy that was handed in beside registers that were handed in before. */
  #compare({ value, ...slot }: Slot & { value: Big }, energy: MeterValueKind): void {
    const given = this.#page.cell(slot, energy);
    if (!given || given.value.eq(value)) return;
    const reason = `ISP ${slot.isp} of ${slot.period} has ${energy} ${given.value.toFixed()} kWh here, but its registers, which are known, make ${value.toFixed()} kWh: correct them too`;
    this.#refuse(given.place, new Unfit('value', reason));
  }

  /** A worked-out energy is unknown again, and so is the power that was worked out of it. */
  #forget(slot: Slot, energy: MeterValueKind): void {
    const { period, isp } = slot;
    const watts = this.#knownWatts(slot);
    const power = this.#known.get(keyOf(slot, 'power'));
    this.#known.delete(keyOf(slot, energy));
    this.#unknown.push({ period, isp, kind: energy });
    const derived = watts !== undefined && power !== undefined && power.minus(watts).abs().lte(1);
    if (derived && !this.#page.cell(slot, 'power')) this.#unknown.push({ period, isp, kind: 'power' });
  }

  #powers(): void {
    const touched = new Map<string, Slot & { place: number }>();
    for (const { energy } of DIRECTIONS)
      for (const { period, isp, place } of this.#page.cells(energy))
        touched.set(keyOf({ period, isp }, ''), { period, isp, place });
    for (const { place, ...slot } of touched.values()) {
      const watts = this.#watts(slot);
      if (watts instanceof Unfit) this.#refuse(place, watts);
      else if (watts !== undefined && !this.#contradicted(slot, watts, PLACE(place)))
        this.#page.put(slot, 'power', { value: new Big(watts), place });
    }
    for (const slot of this.#page.cells('power')) {
      const watts = touched.has(keyOf(slot, '')) ? undefined : this.#watts(slot);
      if (typeof watts === 'number') this.#contradicted(slot, watts, 'they are known: correct them too');
    }
  }

  /** Whether power was handed in that is not what its energies make. Both were rounded by somebody: one watt is nothing. */
  #contradicted(slot: Slot, watts: number, whence: string): boolean {
    const given = this.#page.cell(slot, 'power');
    if (!given) return false;
    if (given.value.minus(watts).abs().gt(1)) {
      const reason = `ISP ${slot.isp} of ${slot.period} has ${given.value.toFixed()} W here, but its energies make ${watts} W (${whence})`;
      this.#refuse(given.place, new Unfit('value', reason));
    }
    return true;
  }

  /** What the energies of an ISP make, those handed in before those known; undefined where one of them is not there. */
  #watts(slot: Slot): number | Unfit | undefined {
    const [imported, exported] = DIRECTIONS.map(
      ({ energy }) => this.#page.cell(slot, energy)?.value ?? this.#known.get(keyOf(slot, energy)),
    );
    return imported && exported && wholeWatts(wattsOf(imported, exported, this.#minutes));
  }

  #knownWatts(slot: Slot): number | undefined {
    const [imported, exported] = DIRECTIONS.map(({ energy }) => this.#known.get(keyOf(slot, energy)));
    const watts = imported && exported && wholeWatts(wattsOf(imported, exported, this.#minutes));
    return typeof watts === 'number' ? watts : undefined;
  }

  get #minutes(): number {
    return ispMinutes(this.#grid.ispDuration);
  }

  #follows(first: Slot, second: Slot): boolean {
    if (first.period === second.period) return second.isp === first.isp + 1;
    const { timeZone, ispDuration } = this.#grid;
    return (
      second.isp === 1 &&
      addDays(first.period, 1) === second.period &&
      first.isp === ispCount(first.period, timeZone, ispDuration)
    );
  }
}
