import { until } from '../../rehearsal/rehearsal.ts';
import { type CongestionPoint, scenario } from '../../simulator/index.ts';
import type { Message } from '../../uftp/index.ts';
import type { Content, PythonParticipant } from './python-peer.ts';

type Asked = Message<'AGRPortfolioUpdate' | 'AGRPortfolioQuery'>;
type Registered = Message<'AGRPortfolioUpdate'>['Connection'][number];

/** What Flexor asked, and what the library answered. */
export interface Exchange {
  readonly asked: Asked;
  readonly answer: Message<'AGRPortfolioUpdateResponse' | 'AGRPortfolioQueryResponse'>;
}

/** What the Python library is to say as CRO: it answers from what it read. */
export class Registry {
  readonly #cro: PythonParticipant;
  readonly #now: () => Content;
  readonly #registered = new Map<string, Registered>();
  /** Where connections lie, as DSOs declared it. */
  points: readonly CongestionPoint[] = [];
  /** A closed registry takes only aggregators that it knows beforehand. */
  closed = false;

  /** @param now what a message says of the time */
  constructor(cro: PythonParticipant, now: () => Content) {
    this.#cro = cro;
    this.#now = now;
  }

  /** As after a database that was restored from nothing. */
  forget(): void {
    this.#registered.clear();
  }

  /** Answers whatever Flexor asks, until that comes to something. */
  async answerUntil<T>(
    ended: (exchanges: readonly Exchange[]) => Promise<T | undefined>,
    what: string,
  ): Promise<T> {
    const exchanges: Exchange[] = [];
    return until(async () => {
      for (const asked of this.#cro.unread()) {
        if (asked.type === 'AGRPortfolioUpdate')
          exchanges.push({ asked, answer: await this.#register(asked) });
        if (asked.type === 'AGRPortfolioQuery') exchanges.push({ asked, answer: await this.#view(asked) });
      }
      return ended(exchanges);
    }, what);
  }

  #register(update: Message<'AGRPortfolioUpdate'>): Promise<Message<'AGRPortfolioUpdateResponse'>> {
    const reason = this.closed ? 'Unauthorized' : undefined;
    if (!reason) for (const each of update.Connection) this.#registered.set(each.EntityAddress, each);
    return this.#cro.send('AGRPortfolioUpdateResponse', this.#answer(update, reason));
  }

  #view(query: Message<'AGRPortfolioQuery'>): Promise<Message<'AGRPortfolioQueryResponse'>> {
    const { TimeZone, Period } = query;
    const own = [...this.#registered.values()]
      .filter(({ StartPeriod, EndPeriod }) => StartPeriod <= Period && (EndPeriod ?? Period) >= Period)
      .map(({ EntityAddress }) => EntityAddress);
    const reason = own.length === 0 ? 'No connections available' : undefined;
    return this.#cro.send('AGRPortfolioQueryResponse', {
      ...this.#answer(query, reason),
      TimeZone,
      Period,
      'DSO-View': [reason ? NOBODYS_VIEW : viewOf(own, this.points)],
    });
  }

  #answer({ type, MessageID, ConversationID }: Asked, reason: string | undefined): Content {
    return {
      ...this.#now(),
      ConversationID,
      [`${type}MessageID`]: MessageID,
      Result: reason === undefined ? 'Accepted' : 'Rejected',
      ...(reason !== undefined && { RejectionReason: reason }),
    };
  }
}

/** By DSO the points with own connections, and the connections on none. */
function viewOf(own: readonly string[], points: readonly CongestionPoint[]): Content {
  const placed = new Set(points.flatMap(({ connections }) => connections));
  return {
    'DSO-Portfolio': [
      {
        'DSO-Domain': scenario.DSO_DOMAIN,
        CongestionPoint: points.map((point) => ({
          EntityAddress: point.entityAddress,
          MutexOffersSupported: point.mutexOffersSupported,
          DayAheadRedispatchBy: point.dayAheadRedispatchBy,
          ...(point.intradayRedispatchBy && { IntradayRedispatchBy: point.intradayRedispatchBy }),
          Connection: point.connections.filter((each) => own.includes(each)).map(entity),
        })),
      },
    ],
    Connection: own.filter((each) => !placed.has(each)).map(entity),
  };
}

const entity = (EntityAddress: string): Content => ({ EntityAddress });

/** The library does not write a response without a view, nor a view without a DSO, even where it rejects. */
const NOBODYS_VIEW: Content = {
  'DSO-Portfolio': [
    {
      'DSO-Domain': 'nobody.example.com',
      CongestionPoint: [
        {
          EntityAddress: 'ea1.2009-01.com.example:nowhere',
          MutexOffersSupported: false,
          DayAheadRedispatchBy: 'DSO',
          Connection: [entity('ean.000000000000000000')],
        },
      ],
    },
  ],
};
