import type { Message } from '../uftp/index.ts';
import type { CongestionPoint } from './market.ts';
import type { Peer } from './peer.ts';

type Registered = Message<'AGRPortfolioUpdate'>['Connection'][number];

/** A common reference operator: it keeps who represents which connection, and where the connections lie. */
export class CRO {
  readonly peer: Peer;
  #congestionPoints: readonly CongestionPoint[];
  /** Connections that it has lost: no answer knows them, until they are registered again. */
  readonly #lost = new Set<string>();
  /** By aggregator, then by connection. */
  readonly #portfolios = new Map<string, Map<string, Registered>>();

  constructor(peer: Peer, congestionPoints: readonly CongestionPoint[]) {
    this.peer = peer;
    this.#congestionPoints = congestionPoints;
    peer.behave = (message) => this.#react(message);
  }

  /** What DSOs declare from now on: other points, other flags, other connections on them. */
  place(congestionPoints: readonly CongestionPoint[]): void {
    this.#congestionPoints = congestionPoints;
  }

  /** Loses connections, as a registry may; registering them again brings them back. */
  lose(...connections: readonly string[]): void {
    for (const connection of connections) this.#lost.add(connection);
  }

  /** The connections an aggregator represents on a day. */
  connectionsOf(aggregator: string, period: string): string[] {
    return [...(this.#portfolios.get(aggregator)?.values() ?? [])]
      .filter(({ StartPeriod, EndPeriod }) => StartPeriod <= period && (EndPeriod ?? '9999-12-31') >= period)
      .map(({ EntityAddress }) => EntityAddress);
  }

  async #react(message: Message): Promise<void> {
    switch (message.type) {
      case 'AGRPortfolioUpdate':
        this.#register(message);
        return this.peer.answer(message);
      case 'AGRPortfolioQuery':
        return this.#answerQuery(message);
      case 'TestMessage':
        return this.peer.answer(message);
      default:
        return;
    }
  }

  /** An update speaks about the connections it names, and leaves the others as they were. */
  #register({ SenderDomain, Connection }: Message<'AGRPortfolioUpdate'>): void {
    const portfolio = this.#portfolios.get(SenderDomain) ?? new Map<string, Registered>();
    for (const connection of Connection) {
      portfolio.set(connection.EntityAddress, connection);
      this.#lost.delete(connection.EntityAddress);
    }
    this.#portfolios.set(SenderDomain, portfolio);
  }

  async #answerQuery(query: Message<'AGRPortfolioQuery'>): Promise<void> {
    const own = new Set(this.connectionsOf(query.SenderDomain, query.Period));
    for (const lost of this.#lost) own.delete(lost);
    if (own.size === 0) {
      return this.peer.answer(query, ['No connections available'], { DSOView: [] });
    }
    const points = this.#congestionPoints
      .map((point) => ({
        point,
        connections: point.connections.filter((connection) => own.has(connection)),
      }))
      .filter(({ connections }) => connections.length > 0);
    const allocated = new Set(points.flatMap(({ connections }) => connections));
    const view = {
      DSOPortfolio: [...new Set(points.map(({ point }) => point.dso))].map((dso) => ({
        DSODomain: dso,
        CongestionPoint: points
          .filter(({ point }) => point.dso === dso)
          .map(({ point, connections }) => ({
            EntityAddress: point.entityAddress,
            MutexOffersSupported: point.mutexOffersSupported,
            DayAheadRedispatchBy: point.dayAheadRedispatchBy,
            IntradayRedispatchBy: point.intradayRedispatchBy,
            Connection: connections.map(entity),
          })),
      })),
      Connection: [...own].filter((connection) => !allocated.has(connection)).map(entity),
    };
    return this.peer.answer(query, [], { DSOView: [view] });
  }
}

const entity = (EntityAddress: string) => ({ EntityAddress });
