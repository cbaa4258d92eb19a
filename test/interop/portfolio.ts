import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { instant } from '../../base/index.ts';
import { until } from '../../rehearsal/rehearsal.ts';
import { type CongestionPoint, scenario } from '../../simulator/index.ts';
import type { PortfolioView } from '../../store/index.ts';
import { addDays, type Message, periodOf } from '../../uftp/index.ts';
import { workflowIds } from '../../workflows/ids.ts';
import { type Cast, expectAnswer } from './cast.ts';
import type { Exchange } from './registry.ts';

const { CRO_DOMAIN, congestionPoint, market } = scenario;
const [COLD_STORE, CHARGING_HUB] = scenario.connections.map(({ id }) => id) as [string, string];
const STAYER = 'ean.871685900012636567';
const LEAVER = 'ean.871685900012636574';
const FROM = '2026-01-01';

/** The point as its DSO declares it at first; later as the standard story has it. */
const atFirst: CongestionPoint = {
  ...congestionPoint,
  mutexOffersSupported: false,
  intradayRedispatchBy: undefined,
  connections: [COLD_STORE],
};

/**
 * The Python library as CRO: it is told the portfolio and who leaves it, says where the connections are, forgets
 * them, and closes its door. In the end it has the portfolio as the standard story needs it.
 */
export async function keepPortfolio(cast: Cast): Promise<void> {
  cast.registry.points = [atFirst];
  await register(cast);
  await bidFarewell(cast);
  await registerAgain(cast);
  await learnChanges(cast);
  await beRefused(cast);
}

/** Has the CRO told and asked; the view is there when this resolves. */
export async function syncPortfolio(cast: Cast): Promise<Synchronised> {
  await cast.operator.syncPortfolio(CRO_DOMAIN);
  return synchronised(cast);
}

interface Synchronised {
  readonly exchanges: readonly Exchange[];
  /** What Flexor says that the CRO said. */
  readonly view: PortfolioView;
}

/**
 * A synchronisation that has begun: all that is exchanged until Flexor has taken the view and compared it.
 * @param days how many days Flexor asks about
 */
async function synchronised(cast: Cast, days = 1): Promise<Synchronised> {
  const { registry, operator, version } = cast;
  const done = await registry.answerUntil(async (exchanges) => {
    const last = exchanges.at(-1)?.answer;
    if (last?.type !== 'AGRPortfolioQueryResponse' || last.Result !== 'Accepted') return undefined;
    if (periodsOf(exchanges).length < days) return undefined;
    const view = await operator.portfolioView(CRO_DOMAIN, last.Period);
    if (view?.messageId !== last.MessageID || (await stageOf(cast)) !== 'synced') return undefined;
    return { exchanges, view };
  }, 'Flexor to take the view of the Python CRO');
  for (const { asked, answer } of done.exchanges) {
    assert.equal(asked.Version, version);
    expectAnswer(answer, asked, answer.Result);
  }
  return done;
}

/** The days that Flexor asked about, in turn. */
function periodsOf(exchanges: readonly Exchange[]): string[] {
  return exchanges.flatMap(({ asked }) => (asked.type === 'AGRPortfolioQuery' ? [asked.Period] : []));
}

async function register(cast: Cast): Promise<void> {
  const { tell } = cast;
  const { exchanges, view } = await synchronised(cast, 2);
  const asked = 'AGRPortfolioQuery Accepted';
  expectCourse(exchanges, ['AGRPortfolioUpdate Accepted', asked, asked]);
  assert.deepEqual(told(exchanges), [represented(COLD_STORE), represented(CHARGING_HUB)]);
  tell('Flexor registers its 2 connections when it starts; the Python CRO verifies, reads and accepts that.');

  assert.deepEqual(periodsOf(exchanges), [addDays(today(cast), 1), today(cast)]);
  assert.deepEqual(view.congestionPoints, [viewed(atFirst)]);
  assert.deepEqual(view.connections, [CHARGING_HUB]);
  const { text } = await alert(cast, 'unallocated');
  assert.match(text, new RegExp(CHARGING_HUB));
  tell(
    `Asked about tomorrow and today, it writes a view of each. Flexor knows the point and its flags, and warns: "${text}"`,
  );
}

async function bidFarewell(cast: Cast): Promise<void> {
  const { tell } = cast;
  await imported(cast, [STAYER, LEAVER]);
  const joined = await synchronised(cast);
  assert.equal(told(joined.exchanges).length, 4);
  await imported(cast, [STAYER]);
  const { exchanges, view } = await synchronised(cast);
  expectCourse(exchanges, ['AGRPortfolioUpdate Accepted', 'AGRPortfolioQuery Accepted']);
  assert.deepEqual(told(exchanges), [
    represented(COLD_STORE),
    represented(CHARGING_HUB),
    represented(STAYER),
    { ...represented(LEAVER), EndPeriod: today(cast) },
  ]);
  assert.deepEqual(view.connections, [CHARGING_HUB, STAYER]);
  tell(`Two connections join, and one leaves again: the CRO reads its EndPeriod, ${today(cast)}.`);
}

async function registerAgain(cast: Cast): Promise<void> {
  const { cro, registry, temporal, tell } = cast;
  const withoutView = { AGRPortfolioQueryMessageID: randomUUID(), Result: 'Rejected', Period: today(cast) };
  await assert.rejects(
    cro.send('AGRPortfolioQueryResponse', withoutView),
    /'dso_views' must be 1 or greater/,
  );
  tell('The library writes no rejection of a query without a view: it will be given one of nobody.');

  registry.forget();
  await temporal.schedule.getHandle(workflowIds.portfolioDaily(CRO_DOMAIN)).trigger();
  const { exchanges, view } = await synchronised(cast);
  expectCourse(exchanges, [
    'AGRPortfolioQuery Rejected: No connections available',
    'AGRPortfolioUpdate Accepted',
    'AGRPortfolioQuery Accepted',
  ]);
  assert.deepEqual(view.congestionPoints, [viewed(atFirst)]);
  tell('The CRO forgets everything: No connections available. Flexor registers again, and asks again.');
}

async function learnChanges(cast: Cast): Promise<void> {
  const { registry, operator, tell } = cast;
  registry.points = [congestionPoint];
  const { view } = await syncPortfolio(cast);
  assert.deepEqual(view.congestionPoints, [viewed(congestionPoint)]);
  assert.deepEqual(view.connections, [STAYER]);
  const path = `/v1/portfolio/${CRO_DOMAIN}/${view.period}/changes`;
  const { changes } = await operator.get<{ changes: { kind: string }[] }>(path);
  const kinds = [...new Set(changes.map(({ kind }) => kind))].toSorted();
  // Nothing ever vanished or was missing: the view that came with the rejection was not taken for one.
  assert.deepEqual(kinds, ['appeared', 'flags-changed', 'moved', 'unallocated']);
  tell('The DSO declares the point anew: Flexor is told other flags, and where the charging hub is.');
}

async function beRefused(cast: Cast): Promise<void> {
  const { registry, operator, tell } = cast;
  registry.closed = true;
  await operator.syncPortfolio(CRO_DOMAIN);
  const exchanges = await registry.answerUntil(
    async (exchanges) => ((await stageOf(cast)) === 'stopped' ? exchanges : undefined),
    'Flexor to stop',
  );
  expectCourse(exchanges, ['AGRPortfolioUpdate Rejected: Unauthorized']);
  const { severity, text } = await alert(cast, 'sync');
  assert.equal(severity, 'critical');
  tell(`The CRO rejects an update: Unauthorized. Flexor stops, and alerts: "${text}"`);

  registry.closed = false;
  expectCourse((await syncPortfolio(cast)).exchanges, [
    'AGRPortfolioUpdate Accepted',
    'AGRPortfolioQuery Accepted',
  ]);
  await until(
    async () => ((await openAlerts(cast)).some(({ key }) => key === 'sync') ? undefined : true),
    'the alert to end',
  );
  tell('Let in again, it registers and asks; the alert is over.');
}

const today = ({ stage }: Cast): string => periodOf(instant(stage.clock), market.timeZone);

const represented = (EntityAddress: string) => ({ EntityAddress, StartPeriod: FROM });

/** A point as the operator's door tells it. */
function viewed({ entityAddress, dso, connections, intradayRedispatchBy, ...flags }: CongestionPoint) {
  return {
    ...flags,
    dso,
    congestionPoint: entityAddress,
    ...(intradayRedispatchBy && { intradayRedispatchBy }),
    connections: [...connections],
  };
}

/** Hands in the list that is to be the imported part of the portfolio. */
async function imported({ operator }: Cast, connections: readonly string[]): Promise<void> {
  const csv = ['connection,from', ...connections.map((id) => `${id},${FROM}`), ''].join('\n');
  const { tag } = await operator.importPortfolio(csv);
  assert.equal((await operator.importPortfolio(csv, tag)).applied, true);
}

/** The connections of the only update, as the library read them. */
function told(exchanges: readonly Exchange[]): Message<'AGRPortfolioUpdate'>['Connection'] {
  const updates = exchanges.flatMap(({ asked }) => (asked.type === 'AGRPortfolioUpdate' ? [asked] : []));
  assert.equal(updates.length, 1);
  return updates[0]!.Connection;
}

function expectCourse(exchanges: readonly Exchange[], course: readonly string[]): void {
  const happened = exchanges.map(({ asked, answer: { Result, RejectionReason } }) =>
    RejectionReason === undefined ? `${asked.type} ${Result}` : `${asked.type} ${Result}: ${RejectionReason}`,
  );
  assert.deepEqual(happened, course);
}

async function stageOf({ operator }: Cast): Promise<string | undefined> {
  const { stage } = await operator.get<{ stage?: string }>(`/v1/portfolio/${CRO_DOMAIN}/sync`);
  return stage;
}

interface Alert {
  readonly key: string;
  readonly severity: string;
  readonly text: string;
}

async function openAlerts({ operator }: Cast): Promise<readonly Alert[]> {
  const source = encodeURIComponent(workflowIds.portfolioSync(CRO_DOMAIN));
  return (await operator.get<{ alerts: Alert[] }>(`/v1/alerts?state=open&source=${source}`)).alerts;
}

const alert = (cast: Cast, key: string): Promise<Alert> =>
  until(async () => (await openAlerts(cast)).find((each) => each.key === key), `the alert ${key}`);
