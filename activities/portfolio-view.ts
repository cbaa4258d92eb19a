import { instant } from '../base/clock.ts';
import {
  type ChangedPoint,
  diffViews,
  unaccounted,
  type View,
  type ViewDiff,
} from '../market/portfolio/view-diff.ts';
import type { InboxRow, PortfolioView, ViewChange } from '../store/index.ts';
import type { Message } from '../uftp/index.ts';
import type { Dependencies } from './dependencies.ts';
import { sourceOf } from './portfolio.ts';
import type { PortfolioActivities, PortfolioSummary } from './portfolio-contract.ts';
import type { PrognosisPort } from './portfolio-prognoses.ts';
import { readInbox } from './read-inbox.ts';

/** How many are named in an alert; all of them are in the record of changes. */
const NAMED = 5;

/** What a CRO answered: kept, compared, and what follows from it. */
export function portfolioViewActivities(
  deps: Dependencies,
  prognoses: PrognosisPort,
): Pick<PortfolioActivities, 'keepPortfolioView' | 'keepViewOfNobody' | 'comparePortfolioView'> {
  const { store, clock } = deps;

  return {
    async keepPortfolioView({ inboxId }) {
      const { row, message } = await readInbox(store, inboxId, 'AGRPortfolioQueryResponse');
      return keep(row, message, message.Result);
    },

    async keepViewOfNobody({ inboxId }) {
      const { row, message } = await readInbox(store, inboxId, 'AGRPortfolioQueryResponse');
      if ((await store.connections.idsOn(message.Period)).length > 0) return undefined;
      // It stands like any view, so that what is asked about the day is answered by it.
      return keep(row, { ...message, DSOView: [] }, 'Accepted');
    },

    async comparePortfolioView({ inboxId, lastWord }) {
      const row = (await store.inbox.find(inboxId))!;
      const kept = (await store.portfolio.viewOf(row.senderDomain, row.messageId))!;
      const before = await store.portfolio.viewBefore(kept);
      const view = viewOf(kept);
      const diff = diffViews(before ? viewOf(before) : NOTHING, view);
      const { missing, unexpected } = unaccounted(view, await store.connections.idsOn(kept.period));
      await store.portfolioSync.recordChanges(kept, changesOf(diff, view, missing, unexpected));
      // Again on a repeat: each of these is harmless twice, and none of them may be left out.
      for (const point of [...diff.appeared, ...diff.changed.filter(isServedAnew), ...diff.vanished])
        await followPoint(point, kept.period);
      await alertOf(kept, 'vanished', pointNames(diff), vanishedText);
      if (diff.appeared.length > 0) await endVanished(kept);
      await alertOf(kept, 'unallocated', view.unallocated, unallocatedText);
      if (missing.length === 0 || lastWord) await alertOf(kept, 'missing', missing, missingText);
      return {
        appeared: diff.appeared.length,
        vanished: diff.vanished.length,
        flagsChanged: diff.changed.filter(({ flags }) => flags).length,
        missing: missing.length,
      };
    },
  };

  /** Its prognoses begin, are made anew or end: of the day of the view, and of later days that it is the last word on. */
  async function followPoint(
    { dso, congestionPoint }: Pick<ChangedPoint, 'dso' | 'congestionPoint'>,
    from: string,
  ): Promise<void> {
    for (const period of [from, ...(await store.prognoses.daysAfter(dso, congestionPoint, from))]) {
      const shown = await store.prognoses.pointsOf(dso, period, congestionPoint);
      await (shown.length > 0 ? prognoses.start : prognoses.stop)({ dso, congestionPoint, period });
    }
  }

  async function keep(
    { senderDomain: cro, messageId, receivedAt }: InboxRow,
    message: Message<'AGRPortfolioQueryResponse'>,
    result: string,
  ): Promise<PortfolioSummary> {
    const { Period: period, RejectionReason: reason } = message;
    const congestionPoints = pointsOf(message);
    const connections = message.DSOView.flatMap(({ Connection }) => Connection.map(addressOf));
    await store.portfolio.saveView({
      ...{ cro, period, messageId, receivedAt, result },
      ...(reason !== undefined && { reason }),
      ...{ congestionPoints, connections },
    });
    return {
      period,
      congestionPoints: congestionPoints.length,
      connections: congestionPoints.reduce((sum, { connections }) => sum + connections.length, 0),
      unallocated: connections.length,
    };
  }

  /** Points that vanished may come back: when all that an alert tells of are there again, it is over. */
  async function endVanished({ cro, congestionPoints }: PortfolioView): Promise<void> {
    const there = new Set(congestionPoints.map(({ dso, congestionPoint }) => `${congestionPoint} ${dso}`));
    const source = sourceOf(cro);
    for (const key of await store.alerts.standingKeys(source, 'vanished/')) {
      const gone = await store.portfolioSync.vanishedOn(cro, key.slice('vanished/'.length));
      if (gone.every(({ dso, congestionPoint }) => there.has(`${congestionPoint} ${dso}`)))
        await store.alerts.resolve(source, key, instant(clock));
    }
  }

  /**
   * One alert for each matter of a CRO; it is taken back by a view in which the matter is no more, unless that is of an
   * earlier day than others: there the matter may not have come up yet.
   */
  async function alertOf(
    { cro, period }: PortfolioView,
    key: string,
    about: readonly string[],
    textOf: (cro: string, period: string, names: string) => string,
  ): Promise<void> {
    const source = sourceOf(cro);
    const raisedAt = instant(clock);
    if (about.length === 0) {
      // A view in which nothing more vanishes does not bring back what is gone: see `endVanished`.
      if (key === 'vanished' || (await store.portfolio.hasLaterView(cro, period))) return;
      return store.alerts.resolve(source, key, raisedAt);
    }
    const others = about.length - NAMED;
    const names = `${about.slice(0, NAMED).join(', ')}${others > 0 ? ` and ${others} more` : ''}`;
    const at = key === 'vanished' ? `${key}/${period}` : key;
    await store.alerts.raise({
      ...{ source, key: at, severity: 'warning', raisedAt },
      text: textOf(cro, period, names),
    });
  }
}

/** With other connections on it another power is expected there. UFTP, "D-Prognosis": of all prosumers served there. */
const isServedAnew = ({ joined, left }: ChangedPoint): boolean => joined.length + left.length > 0;

const NOTHING: View = { points: [], unallocated: [] };

const viewOf = ({ congestionPoints, connections }: PortfolioView): View => ({
  points: congestionPoints,
  unallocated: connections,
});

const addressOf = ({ EntityAddress }: { readonly EntityAddress: string }): string => EntityAddress;

function pointsOf(message: Message<'AGRPortfolioQueryResponse'>) {
  return message.DSOView.flatMap((view) =>
    view.DSOPortfolio.flatMap((portfolio) =>
      portfolio.CongestionPoint.map((point) => ({
        dso: portfolio.DSODomain,
        congestionPoint: point.EntityAddress,
        mutexOffersSupported: point.MutexOffersSupported,
        dayAheadRedispatchBy: point.DayAheadRedispatchBy,
        ...(point.IntradayRedispatchBy !== undefined && { intradayRedispatchBy: point.IntradayRedispatchBy }),
        connections: point.Connection.map(addressOf),
      })),
    ),
  );
}

/** The changes one by one, as the record keeps them. */
function changesOf(
  diff: ViewDiff,
  { unallocated }: View,
  missing: readonly string[],
  unexpected: readonly string[],
): ViewChange[] {
  const placed = new Map<string, { dso: string; congestionPoint: string }>();
  for (const { dso, congestionPoint, joined } of diff.changed)
    for (const connection of joined) placed.set(connection, { dso, congestionPoint });
  const nowhere = new Set(unallocated);
  return [
    ...diff.appeared.map(({ dso, congestionPoint, connections, ...flags }) => ({
      ...{ kind: 'appeared' as const, dso, congestionPoint },
      after: { ...flags, connections: connections.length },
    })),
    ...diff.vanished.map(({ dso, congestionPoint, connections, ...flags }) => ({
      ...{ kind: 'vanished' as const, dso, congestionPoint },
      before: { ...flags, connections: connections.length },
    })),
    ...diff.changed.flatMap(({ dso, congestionPoint, flags }) =>
      flags ? [{ kind: 'flags-changed' as const, dso, congestionPoint, ...flags }] : [],
    ),
    ...[...placed].map(([connection, where]) => ({ kind: 'moved' as const, connection, ...where })),
    ...diff.unallocated.joined
      .filter((connection) => nowhere.has(connection))
      .map((connection) => ({ kind: 'unallocated' as const, connection })),
    ...missing.map((connection) => ({ kind: 'missing' as const, connection })),
    ...unexpected.map((connection) => ({ kind: 'unexpected' as const, connection })),
  ];
}

const pointNames = ({ vanished }: ViewDiff): string[] =>
  vanished.map(({ dso, congestionPoint }) => `${congestionPoint} of ${dso}`);

const vanishedText = (cro: string, period: string, names: string): string =>
  `${cro} no longer shows connections of ours on ${names} for ${period}: nothing can be offered there.`;
const unallocatedText = (cro: string, period: string, names: string): string =>
  `${cro} knows no congestion point for ${names} on ${period}: their flexibility cannot be traded.`;
const missingText = (cro: string, period: string, names: string): string =>
  `${cro} does not know ${names} on ${period}, though they were registered again.`;
