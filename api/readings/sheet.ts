import Big from 'big.js';
import type {
  KnownReadings,
  MeterReading,
  MeterValue,
  RegisterEvent,
  UnknownValue,
} from '../../store/index.ts';
import { entityAddress } from '../operator/scalars.ts';
import { Following } from './following.ts';
import { type Grid, Moments, type WrittenMoment } from './moments.ts';
import { type CellKind, Page } from './page.ts';
import {
  isRegister,
  quantity,
  READING_KINDS,
  type ReadingKind,
  shown,
  Unfit,
  wholeWatts,
} from './quantities.ts';

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

/**
 * Gathers readings in any order, of any number of connections and days, and judges them together: what is there
 * twice has to say the same, registers only count up, and energies and powers that follow are worked out. What is
 * missing stays unknown. Pure; nothing is stored here.
 */
export class Sheet {
  readonly problems: Problem[] = [];
  readonly #grid: Grid;
  readonly #moments: Moments;
  readonly #pages = new Map<string, Page>();

  constructor(grid: Grid) {
    this.#grid = grid;
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

  /** Works out what follows, and returns all of it as it is to be kept, and what is unknown again. */
  async finish(
    known: KnownReadings,
    recordedAt: string,
  ): Promise<{ powers: MeterReading[]; values: MeterValue[]; unknown: UnknownValue[] }> {
    const powers: MeterReading[] = [];
    const values: MeterValue[] = [];
    const unknown: UnknownValue[] = [];
    const untold = await this.#untold(known);
    for (const [connection, page] of this.#pages) {
      const following = new Following(page, this.#grid, (place, unfit) => this.#refuse(place, unfit));
      if (!untold.has(connection)) unknown.push(...(await following.complete(connection, known)));
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
    return { powers, values, unknown };
  }

  /** Connections with nothing but power, here and before, as most are: nothing follows, and nothing contradicts. */
  async #untold(known: KnownReadings): Promise<Set<string>> {
    const powerOnly = [...this.#pages]
      .filter(([, page]) => page.hasPowerOnly)
      .map(([connection]) => connection);
    const told = new Set(powerOnly.length > 0 ? await known.withValues(powerOnly) : []);
    return new Set(powerOnly.filter((connection) => !told.has(connection)));
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
      page.put(slot, cellKind, { value: cell, place, ...(event && { event }) });
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
    const page = this.#pages.get(connection) ?? new Page(place);
    this.#pages.set(connection, page);
    return page;
  }
}

const ZERO = new Big(0);

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
