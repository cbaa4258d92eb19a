import { performance } from 'node:perf_hooks';
import { gatherCsvList } from '../api/portfolio/csv-list.ts';
import { ConnectionList } from '../api/portfolio/listed.ts';
import { diffViews, unaccounted, type View } from '../market/portfolio/view-diff.ts';
import { createStore, migrate, type PortfolioView } from '../store/index.ts';
import {
  decode,
  encode,
  encodeBase64,
  generateKeyPair,
  type Message,
  readSignedMessage,
  seal,
  open,
  writeSignedMessage,
} from '../uftp/index.ts';

/**
 * The way of a portfolio of `n` connections from a file to a CRO and back, step by step; prints a line of JSON for
 * each. Run as a process of its own, so that the highest memory is this portfolio's.
 */
const n = Number(process.argv[2]);
const url = process.env['DATABASE_URL']!;
const POINTS_OF = 50;
const DAY = '2026-11-25';
const NOW = '2026-11-24T08:00:00.000Z';
const ean = (i: number): string => `ean.8716859${String(i).padStart(11, '0')}`;
const keys = generateKeyPair();

await migrate(url);
const store = createStore({ url });
const mebibytes = (): number => Math.round(process.resourceUsage().maxRSS / 1024);

async function step<T>(name: string, work: () => Promise<T> | T): Promise<T> {
  const begun = performance.now();
  const result = await work();
  const ms = performance.now() - begun;
  console.log(JSON.stringify({ name, ms, peakMiB: mebibytes() }));
  return result;
}

async function* file(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('connection,from,to,asset,canReduceW,canIncreaseW,pricePerMWh\n');
  for (let at = 0; at < n; at += 1_000) {
    const lines = Array.from(
      { length: Math.min(1_000, n - at) },
      (_, i) => `${ean(at + i)},2026-01-01,,battery,3000,3000,95.50`,
    );
    yield Buffer.from(`${lines.join('\n')}\n`);
  }
}

console.log(JSON.stringify({ name: 'start', ms: 0, peakMiB: mebibytes() }));

const listed = await step('read a CSV file', async () => {
  const list = new ConnectionList();
  await gatherCsvList(file(), list, 256 * 1024 * 1024);
  if (list.problems.length > 0) throw new Error(JSON.stringify(list.problems[0]));
  return list.finish('from');
});
const given = { origin: 'import', leavesOn: '2026-11-24', by: 'bench', at: NOW } as const;
const shown = await step('compare it with the portfolio', () =>
  store.connections.compare({ ...given, connections: listed, apply: false, show: 20 }),
);
await step('apply it', () =>
  store.connections.compare({ ...given, connections: listed, apply: true, expected: shown.tag }),
);

const head = {
  ...{
    Version: '3.1.0',
    SenderDomain: 'agr.example.com',
    RecipientDomain: 'cro.example.com',
    TimeStamp: NOW,
  },
  ...{ MessageID: crypto.randomUUID(), ConversationID: crypto.randomUUID() },
} as const;
const wire = (payload: Uint8Array, SenderDomain: string, SenderRole: 'AGR' | 'CRO'): Uint8Array =>
  writeSignedMessage({ SenderDomain, SenderRole, Body: encodeBase64(seal(payload, keys.secretKey)) });
await step('build and sign the update', async () => {
  const registered = await store.connections.registration('2026-11-24', 0);
  const payload = encode({
    ...head,
    type: 'AGRPortfolioUpdate',
    TimeZone: 'Europe/Amsterdam',
    Connection: registered.map(({ connection, startPeriod }) => ({
      EntityAddress: connection,
      StartPeriod: startPeriod,
    })),
  });
  const bytes = wire(payload, 'agr.example.com', 'AGR');
  console.log(JSON.stringify({ name: 'message size', bytes: bytes.length }));
});

/** What the CRO answers: all but every thousandth connection on congestion points of fifty. */
function answer(turned: boolean): Uint8Array {
  const entity = (i: number) => ({ EntityAddress: ean(i) });
  const all = Array.from({ length: n }, (_, i) => i);
  const placed = all.filter((i) => i % 1_000 !== 7);
  const points = Array.from({ length: Math.ceil(placed.length / POINTS_OF) }, (_, p) => ({
    EntityAddress: `ea1.2009-01.com.example:point-${p}`,
    MutexOffersSupported: turned && p % 10 === 0,
    DayAheadRedispatchBy: 'DSO' as const,
    Connection: placed.slice(p * POINTS_OF, (p + 1) * POINTS_OF).map(entity),
  }));
  return encode({
    ...{
      ...head,
      SenderDomain: 'cro.example.com',
      RecipientDomain: 'agr.example.com',
      MessageID: crypto.randomUUID(),
    },
    ...{ type: 'AGRPortfolioQueryResponse', AGRPortfolioQueryMessageID: head.MessageID, Result: 'Accepted' },
    ...{ TimeZone: 'Europe/Amsterdam', Period: DAY },
    DSOView: [
      {
        DSOPortfolio: [{ DSODomain: 'dso.example.com', CongestionPoint: points }],
        Connection: all.filter((i) => i % 1_000 === 7).map(entity),
      },
    ],
  } as Message<'AGRPortfolioQueryResponse'>);
}

const keep = async (message: Message<'AGRPortfolioQueryResponse'>, receivedAt: string): Promise<void> =>
  store.portfolio.saveView({
    ...{ cro: 'cro.example.com', period: DAY, messageId: message.MessageID, receivedAt, result: 'Accepted' },
    congestionPoints: message.DSOView.flatMap(({ DSOPortfolio }) =>
      DSOPortfolio.flatMap(({ DSODomain, CongestionPoint }) =>
        CongestionPoint.map((point) => ({
          ...{ dso: DSODomain, congestionPoint: point.EntityAddress },
          ...{
            mutexOffersSupported: point.MutexOffersSupported,
            dayAheadRedispatchBy: point.DayAheadRedispatchBy,
          },
          connections: point.Connection.map(({ EntityAddress }) => EntityAddress),
        })),
      ),
    ),
    connections: message.DSOView.flatMap(({ Connection }) =>
      Connection.map(({ EntityAddress }) => EntityAddress),
    ),
  });
const take = (bytes: Uint8Array): Message<'AGRPortfolioQueryResponse'> => {
  const { Body } = readSignedMessage(bytes);
  return decode(
    open(Buffer.from(Body, 'base64'), [keys.publicKey]).payload,
  ) as Message<'AGRPortfolioQueryResponse'>;
};
const [first, second] = [false, true].map((turned) => wire(answer(turned), 'cro.example.com', 'CRO')) as [
  Uint8Array,
  Uint8Array,
];
console.log(JSON.stringify({ name: 'start', ms: 0, peakMiB: mebibytes() }));
const message = await step('verify and read the answer', () => take(first));
await step('keep the answer', () => keep(message, NOW));
const later = take(second);
await keep(later, '2026-11-24T09:00:00.000Z');
await step('compare it with the one before', async () => {
  const view = (await store.portfolio.viewOf('cro.example.com', later.MessageID))!;
  const before = (await store.portfolio.viewBefore(view))!;
  const diff = diffViews(viewOf(before), viewOf(view));
  const { missing } = unaccounted(viewOf(view), await store.connections.idsOn(DAY));
  if (missing.length > 0 || diff.changed.length === 0) throw new Error('The comparison is wrong.');
});
await store.close();

function viewOf({ congestionPoints, connections }: PortfolioView): View {
  return { points: congestionPoints, unallocated: connections };
}
