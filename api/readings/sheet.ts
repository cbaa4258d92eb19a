import Big from 'big.js';
import type {
  KnownValues,
  MeterReading,
  MeterValue,
  MeterValueKind,
  RegisterEvent,
} from '../../store/index.ts';
import { addDays, ispCount, ispMinutes } from '../../uftp/index.ts';
import { entityAddress } from '../operator/scalars.ts';
import { type Grid, Moments, type Slot, type WrittenMoment } from './moments.ts';
import {
  DIRECTIONS,
  isRegister,
  quantity,
  READING_KINDS,
  type ReadingKind,
  shown,
  Unfit,
  wattsOf,
  wholeWatts,
} from './quantities.ts';
import { energiesBetween, type RegisterReading } from './registers.ts';

/** A reading as it was handed in, every cell as text; empty where there was none. */
export interface WrittenReading extends WrittenMoment {
  /** Where it stands: the line of a file, or the place in a list. */
  readonly place: number;
  readonly connection: string;
  readonly kind: string;
  readonly value: string;
  readonly unit: string;
  /** The register was reset in this ISP and went on from here. */
  readonly resetTo: string;
  /** Where it stood when it was reset. */
  readonly resetFrom: string;
  /** The register rolled over in this ISP; it has so many kWh in all. */
  readonly rollsOverAt: string;
}

/** Why a reading cannot be taken. */
export interface Problem {
  readonly place: number;
  readonly field: string;
  readonly reason: string;
}

type CellKind = 'power' | MeterValueKind;

/** W for power, kWh for all else. */
interface Cell {
  readonly value: Big;
  readonly place: number;
  readonly event?: RegisterEvent;
}

type Day = Map<CellKind, Map<number, Cell>>;

interface Page {
  readonly place: number;
  readonly days: Map<string, Day>;
  /** Nothing ever comes back from this connection: it was read as `register`. */
  oneWay: boolean;
}

/**
 * Gathers readings in any order, of any number of connections and days, and judges them together: what is there
 * twice has to say the same, registers only count up, and energies and powers that follow are worked out. What is
 * missing stays unknown. Pure; nothing is stored here.
 */
export class Sheet {
  readonly problems: Problem[] = [];
  readonly #grid: Grid;
  readonly #minutes: number;
  readonly #moments: Moments;
  readonly #pages = new Map<string, Page>();

  constructor(grid: Grid) {
    this.#grid = grid;
    this.#minutes = ispMinutes(grid.ispDuration);
    this.#moments = new Moments(grid);
  }

  /** Every connection that has readings here, with where it stands first. */
  connections(): ReadonlyMap<string, number> {
    return new Map([...this.#pages].map(([connection, { place }]) => [connection, place]));
  }

  add(reading: WrittenReading): void {
    const unfit = this.#take(reading);
    if (unfit) this.#refuse(reading.place, unfit);
  }

  /** Works out what follows, and returns all of it as it is to be kept. */
  async finish(
    known: KnownValues,
    recordedAt: string,
  ): Promise<{ powers: MeterReading[]; values: MeterValue[] }> {
    const powers: MeterReading[] = [];
    const values: MeterValue[] = [];
    for (const [connection, page] of this.#pages) {
      await this.#complete(connection, page, known);
      for (const [period, day] of page.days) {
        for (const [kind, cells] of day) {
          for (const [isp, { value, event }] of cells) {
            const key = { connection, period, isp, recordedAt };
            if (kind === 'power') powers.push({ ...key, power: value.toNumber() });
            else values.push({ ...key, kind, value: value.toFixed(), ...(event && { event }) });
          }
        }
      }
    }
    return { powers, values };
  }

  #refuse(place: number, { field, reason }: Unfit): void {
    this.problems.push({ place, field, reason });
  }

  #take(reading: WrittenReading): Unfit | undefined {
    const { connection, place } = reading;
    if (!entityAddress(connection)) {
      return new Unfit(
        'connection',
        `"${shown(connection)}" is not an EntityAddress such as ean.871685900012636543`,
      );
    }
    const kind = READING_KINDS.find((one) => one === reading.kind);
    if (!kind) return new Unfit('kind', `"${shown(reading.kind)}" is not one of ${READING_KINDS.join(', ')}`);
    const slot = this.#moments.find(reading, isRegister(kind));
    if (slot instanceof Unfit) return slot;
    const value = quantity(reading.value, reading.unit, kind);
    if (value instanceof Unfit) return value;
    const event = eventOf(reading, kind, value);
    if (event instanceof Unfit) return event;
    const page = this.#page(connection, place);
    const put = (cellKind: CellKind, cell: Big) =>
      this.#put(page, slot, cellKind, { value: cell, place, ...(event && { event }) });
    switch (kind) {
      case 'power': {
        const watts = wholeWatts(value);
        return watts instanceof Unfit ? watts : put('power', new Big(watts));
      }
      case 'energy':
        return (
          put('importEnergy', value.gt(0) ? value : ZERO) ??
          put('exportEnergy', value.lt(0) ? value.neg() : ZERO)
        );
      case 'register':
        page.oneWay = true;
        return put('importRegister', value);
      default:
        return put(kind, value);
    }
  }

  #page(connection: string, place: number): Page {
    const page = this.#pages.get(connection) ?? { place, days: new Map<string, Day>(), oneWay: false };
    this.#pages.set(connection, page);
    return page;
  }

  #put({ days }: Page, { period, isp }: Slot, kind: CellKind, cell: Cell): Unfit | undefined {
    const day = days.get(period) ?? (new Map() as Day);
    days.set(period, day);
    const cells = day.get(kind) ?? new Map<number, Cell>();
    day.set(kind, cells);
    const other = cells.get(isp);
    if (
      other &&
      (!other.value.eq(cell.value) || JSON.stringify(other.event) !== JSON.stringify(cell.event))
    ) {
      const says = (value: Big) => `${value.toFixed()} ${kind === 'power' ? 'W' : 'kWh'}`;
      return new Unfit(
        'value',
        `ISP ${isp} of ${period} has ${kind} ${says(cell.value)} here and ${says(other.value)} at ${PLACE(other.place)}`,
      );
    }
    cells.set(isp, other ?? cell);
    return undefined;
  }

  async #complete(connection: string, page: Page, known: KnownValues): Promise<void> {
    const periods = [...page.days.keys()].toSorted();
    const beyondPower = [...page.days.values()].some((day) =>
      [...day.keys()].some((kind) => kind !== 'power'),
    );
    if (!beyondPower) return;
    const before = await known(connection, addDays(periods[0]!, -1), addDays(periods.at(-1)!, 1));
    for (const { energy, register } of DIRECTIONS) {
      const { energies, decreases } = energiesBetween(registersOf(page, before, register), (first, second) =>
        this.#follows(first, second),
      );
      for (const { reading, before: lower } of decreases) {
        const where = `${lower.value.toFixed()} kWh of ISP ${lower.isp} of ${lower.period}`;
        const reason = `the register stands at ${reading.value.toFixed()} kWh at the end of ISP ${reading.isp} of ${reading.period}, below ${where}: name resetTo, or rollsOverAt`;
        this.#refuse((reading.place ?? lower.place)!, new Unfit('value', reason));
      }
      for (const derived of energies) {
        const unfit =
          this.#put(page, derived, energy, derived) ??
          (page.oneWay && energy === 'importEnergy'
            ? this.#put(page, derived, 'exportEnergy', { value: ZERO, place: derived.place })
            : undefined);
        if (unfit) this.#refuse(derived.place, unfit);
      }
    }
    this.#workOutPowers(page, before);
  }

  #workOutPowers(page: Page, before: readonly MeterValue[]): void {
    const earlier = new Map(
      before.map(({ period, isp, kind, value }) => [`${period} ${isp} ${kind}`, value]),
    );
    for (const [period, day] of page.days) {
      const touched = new Map<number, number>();
      for (const { energy } of DIRECTIONS) {
        for (const [isp, { place }] of day.get(energy) ?? []) touched.set(isp, place);
      }
      for (const [isp, place] of touched) {
        const [imported, exported] = DIRECTIONS.map(
          ({ energy }) => day.get(energy)?.get(isp)?.value ?? earlier.get(`${period} ${isp} ${energy}`),
        );
        if (imported === undefined || exported === undefined) continue;
        const watts = wholeWatts(wattsOf(new Big(imported), new Big(exported), this.#minutes));
        if (watts instanceof Unfit) {
          this.#refuse(place, watts);
          continue;
        }
        const given = day.get('power')?.get(isp);
        if (!given) this.#put(page, { period, isp }, 'power', { value: new Big(watts), place });
        // Both were rounded by somebody: one watt is no contradiction.
        else if (given.value.minus(watts).abs().gt(1)) {
          const reason = `ISP ${isp} of ${period} has ${given.value.toFixed()} W here, but its energies make ${watts} W (${PLACE(place)})`;
          this.#refuse(given.place, new Unfit('value', reason));
        }
      }
    }
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

const ZERO = new Big(0);

/** How reasons name another place; replaced by whoever knows what places are. */
export const PLACE = (place: number): string => `{place ${place}}`;

/** A reset says what the register went on from; a rollover, how much it holds. Nothing else makes one lower. */
function eventOf(reading: WrittenReading, kind: ReadingKind, value: Big): RegisterEvent | undefined | Unfit {
  const { resetTo, resetFrom, rollsOverAt, unit } = reading;
  const named =
    resetTo !== '' ? 'resetTo' : resetFrom !== '' ? 'resetFrom' : rollsOverAt !== '' ? 'rollsOverAt' : '';
  if (named === '') return undefined;
  if (!isRegister(kind)) return new Unfit(named, `${kind} is no register`);
  const read = (field: 'resetTo' | 'resetFrom' | 'rollsOverAt') =>
    quantity(reading[field], unit, kind, field);
  if (rollsOverAt !== '') {
    if (resetTo !== '' || resetFrom !== '')
      return new Unfit('rollsOverAt', 'a register is reset or rolls over, not both');
    const capacity = read('rollsOverAt');
    if (capacity instanceof Unfit) return capacity;
    if (value.gte(capacity))
      return new Unfit('value', `${value.toFixed()} kWh is more than the register holds`);
    return { kind: 'rollover', at: capacity.toFixed() };
  }
  if (resetTo === '') return new Unfit('resetTo', 'a reset says what the register went on from');
  const to = read('resetTo');
  if (to instanceof Unfit) return to;
  if (value.lt(to))
    return new Unfit('value', `the register stands below ${to.toFixed()} kWh, which it went on from`);
  const from = resetFrom === '' ? undefined : read('resetFrom');
  if (from instanceof Unfit) return from;
  return { kind: 'reset', to: to.toFixed(), ...(from && { from: from.toFixed() }) };
}

/** A register's readings in the order of time: those known before, and those handed in, which win. */
function registersOf(page: Page, before: readonly MeterValue[], register: MeterValueKind): RegisterReading[] {
  const merged = new Map<string, RegisterReading>();
  const put = (reading: RegisterReading) =>
    merged.set(`${reading.period} ${String(reading.isp).padStart(4, '0')}`, reading);
  for (const { kind, period, isp, value, event } of before) {
    if (kind === register) put({ period, isp, value: new Big(value), ...(event && { event }) });
  }
  for (const [period, day] of page.days) {
    for (const [isp, cell] of day.get(register) ?? []) put({ period, isp, ...cell });
  }
  return [...merged].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, reading]) => reading);
}
