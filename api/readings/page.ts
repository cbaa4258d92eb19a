import type Big from 'big.js';
import type { MeterValueKind, RegisterEvent } from '../../store/index.ts';
import type { Slot } from './moments.ts';
import { Unfit } from './quantities.ts';

export type CellKind = 'power' | MeterValueKind;

/** One value: W for power, kWh for all else. */
export interface Cell {
  readonly value: Big;
  /** Where it stands in what was handed in. */
  readonly place: number;
  readonly event?: RegisterEvent;
}

/** How reasons name another place; replaced by whoever knows what places are. */
export const PLACE = (place: number): string => `{place ${place}}`;

/** What was handed in of one connection, by day, kind and ISP. */
export class Page {
  /** Where the connection stands first. */
  readonly place: number;
  readonly days = new Map<string, Map<CellKind, Map<number, Cell>>>();
  /** Nothing ever comes back from this connection: it was read as `register`. */
  oneWay = false;

  constructor(place: number) {
    this.place = place;
  }

  get hasPowerOnly(): boolean {
    return [...this.days.values()].every((day) => [...day.keys()].every((kind) => kind === 'power'));
  }

  cell({ period, isp }: Slot, kind: CellKind): Cell | undefined {
    return this.days.get(period)?.get(kind)?.get(isp);
  }

  /** All cells of a kind. */
  *cells(kind: CellKind): Generator<Slot & Cell> {
    for (const [period, day] of this.days)
      for (const [isp, cell] of day.get(kind) ?? []) yield { period, isp, ...cell };
  }

  /** Writes a value down; what is there twice has to say the same. */
  put({ period, isp }: Slot, kind: CellKind, cell: Cell): Unfit | undefined {
    const day = this.days.get(period) ?? new Map<CellKind, Map<number, Cell>>();
    this.days.set(period, day);
    const cells = day.get(kind) ?? new Map<number, Cell>();
    day.set(kind, cells);
    const other = cells.get(isp);
    cells.set(isp, other ?? cell);
    if (!other) return undefined;
    if (other.value.eq(cell.value) && JSON.stringify(other.event) === JSON.stringify(cell.event))
      return undefined;
    const says = (value: Big) => `${value.toFixed()} ${kind === 'power' ? 'W' : 'kWh'}`;
    const reason = `ISP ${isp} of ${period} has ${kind} ${says(cell.value)} here and ${says(other.value)} at ${PLACE(other.place)}`;
    return new Unfit('value', reason);
  }
}
