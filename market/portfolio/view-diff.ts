/** A congestion point with our connections on it, as a CRO shows it for a day. */
export interface ViewPoint {
  readonly dso: string;
  readonly congestionPoint: string;
  readonly mutexOffersSupported: boolean;
  /** `AGR` or `DSO`. */
  readonly dayAheadRedispatchBy: string;
  /** Absent: no intraday trading. */
  readonly intradayRedispatchBy?: string;
  /** EntityAddresses. */
  readonly connections: readonly string[];
}

/** What a CRO says about a day. */
export interface View {
  readonly points: readonly ViewPoint[];
  /** EntityAddresses of our connections that are on no congestion point. */
  readonly unallocated: readonly string[];
}

/** What a CRO says about trading on a congestion point. */
export type Flags = Pick<ViewPoint, 'mutexOffersSupported' | 'dayAheadRedispatchBy' | 'intradayRedispatchBy'>;

/** A congestion point that both views show, differently. */
export interface ChangedPoint {
  readonly dso: string;
  readonly congestionPoint: string;
  readonly flags?: { readonly before: Flags; readonly after: Flags };
  readonly joined: readonly string[];
  readonly left: readonly string[];
}

/** What one view says differently from another. Every list is in order. */
export interface ViewDiff {
  readonly appeared: readonly ViewPoint[];
  readonly vanished: readonly ViewPoint[];
  readonly changed: readonly ChangedPoint[];
  /** Connections that are on no congestion point now, and those that were and are no longer so. */
  readonly unallocated: { readonly joined: readonly string[]; readonly left: readonly string[] };
}

/**
 * Compares two views of a CRO. The work grows with the number of connections (times its logarithm, where they come
 * out of order), not with its square.
 */
export function diffViews(before: View, after: View): ViewDiff {
  const old = new Map(before.points.map((point) => [pointKey(point), point]));
  const now = new Map(after.points.map((point) => [pointKey(point), point]));
  const changed = [...now].flatMap(([key, point]): ChangedPoint[] => {
    const was = old.get(key);
    const change = was && changeOf(was, point);
    return change ? [change] : [];
  });
  return {
    appeared: inOrder([...now].filter(([key]) => !old.has(key)).map(([, point]) => point)),
    vanished: inOrder([...old].filter(([key]) => !now.has(key)).map(([, point]) => point)),
    changed: inOrder(changed),
    unallocated: listChange(before.unallocated, after.unallocated),
  };
}

/** A congestion point is one DSO's: two DSOs may use one EntityAddress. */
export const pointKey = ({ dso, congestionPoint }: Pick<ViewPoint, 'dso' | 'congestionPoint'>): string =>
  `${dso} ${congestionPoint}`;

/**
 * Which of the connections we represent a view does not know at all, and which it lists though we do not represent
 * them on that day.
 */
export function unaccounted(
  view: View,
  represented: readonly string[],
): { missing: string[]; unexpected: string[] } {
  const listed = [...view.points.flatMap(({ connections }) => connections), ...view.unallocated];
  const { joined, left } = listChange(represented, listed);
  return { missing: left, unexpected: joined };
}

function changeOf(was: ViewPoint, point: ViewPoint): ChangedPoint | undefined {
  const { joined, left } = listChange(was.connections, point.connections);
  const [before, after] = [flagsOf(was), flagsOf(point)];
  const flags = JSON.stringify(before) === JSON.stringify(after) ? undefined : { before, after };
  if (!flags && joined.length === 0 && left.length === 0) return undefined;
  const { dso, congestionPoint } = point;
  return { dso, congestionPoint, ...(flags && { flags }), joined, left };
}

const flagsOf = ({ mutexOffersSupported, dayAheadRedispatchBy, intradayRedispatchBy }: ViewPoint): Flags => ({
  mutexOffersSupported,
  dayAheadRedispatchBy,
  ...(intradayRedispatchBy !== undefined && { intradayRedispatchBy }),
});

function listChange(before: readonly string[], after: readonly string[]) {
  const [old, now] = [new Set(before), new Set(after)];
  return {
    joined: [...now].filter((each) => !old.has(each)).sort(),
    left: [...old].filter((each) => !now.has(each)).sort(),
  };
}

function inOrder<T extends Pick<ViewPoint, 'dso' | 'congestionPoint'>>(points: readonly T[]): T[] {
  return points.toSorted((a, b) => (pointKey(a) < pointKey(b) ? -1 : 1));
}
