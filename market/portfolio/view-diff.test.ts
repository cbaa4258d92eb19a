import fc from 'fast-check';
import { expect, it } from 'vitest';
import { diffViews, pointKey, unaccounted, type View, type ViewDiff, type ViewPoint } from './view-diff.ts';

const point = (congestionPoint: string, more: Partial<ViewPoint> = {}): ViewPoint => ({
  dso: 'dso.example.com',
  congestionPoint,
  mutexOffersSupported: false,
  dayAheadRedispatchBy: 'AGR',
  connections: [],
  ...more,
});

/** The other direction, written independently: what stands after a change. */
function applied({ appeared, vanished, changed, unallocated }: ViewDiff, before: View): View {
  const replaced = (list: readonly string[], joined: readonly string[], left: readonly string[]) => [
    ...list.filter((each) => !left.includes(each)),
    ...joined,
  ];
  const gone = new Set(vanished.map(pointKey));
  const points = before.points
    .filter((each) => !gone.has(pointKey(each)))
    .map((each): ViewPoint => {
      const change = changed.find((one) => pointKey(one) === pointKey(each));
      if (!change) return each;
      const { intradayRedispatchBy: _, ...rest } = each;
      const flagged = change.flags ? { ...rest, ...change.flags.after } : each;
      return { ...flagged, connections: replaced(each.connections, change.joined, change.left) };
    });
  return {
    points: [...points, ...appeared],
    unallocated: replaced(before.unallocated, unallocated.joined, unallocated.left),
  };
}

const normal = ({ points, unallocated }: View) => ({
  points: points
    .map((each) => ({ ...each, connections: each.connections.toSorted() }))
    .toSorted((a, b) => (pointKey(a) < pointKey(b) ? -1 : 1)),
  unallocated: unallocated.toSorted(),
});

const connections = fc.uniqueArray(fc.constantFrom(...'abcdefghij'), { maxLength: 6 });
const views = fc.record({
  points: fc.uniqueArray(
    fc.record(
      {
        dso: fc.constantFrom('one.example', 'other.example'),
        congestionPoint: fc.constantFrom('cp-1', 'cp-2', 'cp-3'),
        mutexOffersSupported: fc.boolean(),
        dayAheadRedispatchBy: fc.constantFrom('AGR', 'DSO'),
        intradayRedispatchBy: fc.constantFrom('AGR', 'DSO'),
        connections,
      },
      {
        requiredKeys: [
          'dso',
          'congestionPoint',
          'mutexOffersSupported',
          'dayAheadRedispatchBy',
          'connections',
        ],
      },
    ),
    { selector: pointKey },
  ),
  unallocated: connections,
});

it('what was, with its changes, is what is now', () => {
  fc.assert(
    fc.property(views, views, (a, b) => {
      expect(normal(applied(diffViews(a, b), a))).toEqual(normal(b));
    }),
  );
});

it('two views that say the same, in whatever order, differ in nothing', () => {
  fc.assert(
    fc.property(views, (view) => {
      const turned: View = {
        points: view.points
          .toReversed()
          .map((each) => ({ ...each, connections: each.connections.toReversed() })),
        unallocated: view.unallocated.toReversed(),
      };
      expect(diffViews(view, turned)).toEqual({
        appeared: [],
        vanished: [],
        changed: [],
        unallocated: { joined: [], left: [] },
      });
    }),
  );
});

it('tells new points, vanished ones, other flags, and connections that came and went', () => {
  const before: View = {
    points: [point('stays', { connections: ['a', 'b'] }), point('goes', { connections: ['c'] })],
    unallocated: ['d'],
  };
  const after: View = {
    points: [
      point('stays', { connections: ['b', 'd'], intradayRedispatchBy: 'DSO' }),
      point('comes', { connections: ['c'] }),
    ],
    unallocated: ['a'],
  };
  const flags = { mutexOffersSupported: false, dayAheadRedispatchBy: 'AGR' };
  expect(diffViews(before, after)).toEqual({
    appeared: [after.points[1]],
    vanished: [before.points[1]],
    changed: [
      {
        dso: 'dso.example.com',
        congestionPoint: 'stays',
        flags: { before: flags, after: { ...flags, intradayRedispatchBy: 'DSO' } },
        joined: ['d'],
        left: ['a'],
      },
    ],
    unallocated: { joined: ['a'], left: ['d'] },
  });
});

it('a connection on any list is accounted for; one that is on none is missing', () => {
  const view: View = { points: [point('cp', { connections: ['a', 'x'] })], unallocated: ['b'] };
  expect(unaccounted(view, ['a', 'b', 'c'])).toEqual({ missing: ['c'], unexpected: ['x'] });
});
