import { connectionSchema } from '../../config/index.ts';
import { findingsOf } from '../../config/problems.ts';
import type { RepresentedConnection } from '../../store/index.ts';

/** Something that is wrong with a list, where. */
export interface ListProblem {
  /** The line of a file, or the place in a JSON list; the first is 1. */
  readonly place: number;
  readonly field: string;
  readonly reason: string;
}

/** A connection as a list names it, with as many assets as this place of the list knows. */
export interface ListedConnection {
  readonly id: unknown;
  readonly from: unknown;
  readonly to?: unknown;
  readonly meteringEAN?: unknown;
  readonly assets?: unknown;
}

interface Gathered extends RepresentedConnection {
  readonly assets: { readonly name: string }[];
  readonly place: number;
}

/** Above the last day there is. */
const FOR_EVER = '9999-12-31';

/**
 * Gathers a list of connections, place by place, and everything that is wrong with it. What is checked is what the
 * configuration checks; what only a whole list can show comes with `finish`.
 */
export class ConnectionList {
  readonly problems: ListProblem[] = [];
  readonly #gathered = new Map<string, Gathered>();

  /** Takes what one place says. A connection with the same first day as one before adds its assets to that. */
  take(place: number, said: ListedConnection, columnOf: (path: readonly PropertyKey[]) => string): void {
    const read = connectionSchema.safeParse(said, { reportInput: true });
    if (!read.success) {
      for (const { path, message, remedy } of findingsOf(read.error.issues)) {
        this.problems.push({ place, field: columnOf(path), reason: `${message} ${remedy}` });
      }
      return;
    }
    const { id, from, to, meteringEAN, assets } = read.data;
    if (to !== undefined && to < from) {
      this.problems.push({
        place,
        field: columnOf(['to']),
        reason: `The last day is before the first, ${from}.`,
      });
    }
    const key = `${id} ${from}`;
    const earlier = this.#gathered.get(key);
    if (!earlier) {
      const days = { connection: id, startPeriod: from, ...(to && { endPeriod: to }) };
      this.#gathered.set(key, { ...days, ...(meteringEAN && { meteringEAN }), assets: [], place });
    } else {
      this.#sameAs(earlier, { to, meteringEAN }, place, columnOf);
      if (assets.length === 0) {
        this.problems.push({
          ...{ place, field: columnOf(['id']) },
          reason: `It is there already, in {place ${earlier.place}}, and this line adds no asset.`,
        });
      }
    }
    this.#addAssets(this.#gathered.get(key)!, assets, place, columnOf);
  }

  /** The list, once all of it was taken; what is wrong is in `problems`. */
  finish(dayColumn: string): readonly RepresentedConnection[] {
    const listed = [...this.#gathered.values()].sort((a, b) =>
      a.connection === b.connection ? order(a.startPeriod, b.startPeriod) : order(a.connection, b.connection),
    );
    listed.forEach((each, index) => {
      const before = listed[index - 1];
      if (before?.connection !== each.connection) return;
      if (each.startPeriod > (before.endPeriod ?? FOR_EVER)) return;
      const [earlier, later] = before.place < each.place ? [before, each] : [each, before];
      this.problems.push({
        ...{ place: later.place, field: dayColumn },
        reason: `${each.connection} is listed in {place ${earlier.place}} for some of the same days.`,
      });
    });
    return listed.map(({ place: _, ...each }) => each);
  }

  #sameAs(
    earlier: Gathered,
    { to, meteringEAN }: { to: string | undefined; meteringEAN: string | undefined },
    place: number,
    columnOf: (path: readonly PropertyKey[]) => string,
  ): void {
    const differs = (field: string, here: string | undefined, there: string | undefined): void => {
      if (here === there) return;
      const reason = `It is ${here ?? 'empty'} here and ${there ?? 'empty'} in {place ${earlier.place}}, for one connection.`;
      this.problems.push({ place, field: columnOf([field]), reason });
    };
    differs('to', to, earlier.endPeriod);
    differs('meteringEAN', meteringEAN, earlier.meteringEAN);
  }

  #addAssets(
    into: Gathered,
    assets: readonly { readonly name: string }[],
    place: number,
    columnOf: (path: readonly PropertyKey[]) => string,
  ): void {
    for (const [index, asset] of assets.entries()) {
      if (into.assets.some(({ name }) => name === asset.name)) {
        const reason = `${asset.name} is named twice on ${into.connection}.`;
        this.problems.push({ place, field: columnOf(['assets', index, 'name']), reason });
      } else into.assets.push(asset);
    }
  }
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
