import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import type { PortfolioActivities, ToCro } from '../../activities/portfolio-contract.ts';
import { askForSync, type SyncAsk } from '../../api/sync-portfolio.ts';
import { skipTimeOf } from '../../rehearsal/skipped-time.ts';
import { workflowIds } from '../../workflows/ids.ts';
import type { Inbound } from '../../workflows/inbound.ts';
import type { ProcessName } from '../histories/processes.ts';
import { recordProcess } from '../histories/recorder.ts';
import { openTemporalFloor } from './temporal-floor.ts';

/** How a CRO behaves: what it answers to the n-th message of a kind (1, 2 …); undefined: nothing. */
export interface Registry {
  readonly onUpdate?: (n: number) => { Result: string; RejectionReason?: string } | undefined;
  readonly onQuery?: (n: number) => { Result: string; RejectionReason?: string } | undefined;
  /** Connections that the view does not know, at the n-th look at it. */
  readonly missing?: (n: number) => number;
  /** What the CRO is to be told, and does not know yet. */
  readonly entries?: number;
  readonly dirty?: boolean;
  /** Nobody is represented on the day that it is asked about. */
  readonly nobody?: boolean;
}

const ACCEPTED = { Result: 'Accepted' };
const HOUR = 3_600_000;
/** Far fewer than in production, and more than any synchronisation has that is asked for once. */
const EVENTS_PER_RUN = 150;

/** portfolioSync on a real Temporal server, with a registry that is played: what is sent to it, it answers. */
export async function startPortfolioFloor() {
  const floor = await openTemporalFloor({ eventsPerRun: EVENTS_PER_RUN });
  const { client, gate } = floor;
  const registries = new Map<string, Played>();
  const played = (): Played => registries.get(Context.current().info.workflowExecution!.workflowId)!;
  await floor.work({
    portfolioStanding: () => played().standing(),
    sendPortfolioUpdate: (to: ToCro) => played().sent('AGRPortfolioUpdate', to),
    sendPortfolioQuery: (to: ToCro & { period?: string }) => played().sent('AGRPortfolioQuery', to),
    sendAgain: ({ step }: { step: string }) => played().again(step),
    keepPortfolioView: () => played().kept(),
    keepViewOfNobody: () => played().keptNobody(),
    comparePortfolioView: ({ lastWord }: { lastWord: boolean }) => played().compared(lastWord),
    recordSync: (stage: Parameters<PortfolioActivities['recordSync']>[0]) => played().recorded(stage),
  });

  class Played {
    /** Everything that happened, in order. */
    readonly log: string[] = [];
    readonly stages: Parameters<PortfolioActivities['recordSync']>[0][] = [];
    readonly cro: string;
    readonly #registry: Registry;
    readonly #counts = { AGRPortfolioUpdate: 0, AGRPortfolioQuery: 0, looked: 0 };
    #accepted = 0;

    constructor(cro: string, registry: Registry) {
      this.cro = cro;
      this.#registry = registry;
    }

    async standing() {
      const { entries = 2, dirty = true } = this.#registry;
      return { version: 7, dirty: dirty && this.#accepted < 7, entries };
    }

    async sent(type: 'AGRPortfolioUpdate' | 'AGRPortfolioQuery', to: ToCro & { period?: string }) {
      this.log.push(to.period ? `${type} ${to.period}` : type);
      const n = (this.#counts[type] += 1);
      const behave = type === 'AGRPortfolioUpdate' ? this.#registry.onUpdate : this.#registry.onQuery;
      const content = behave ? behave(n) : ACCEPTED;
      if (content) this.give(type, to.step, content);
      const answerBy = new Date(Date.now() + 4 * HOUR).toISOString();
      return { messageId: randomUUID(), outcome: 'delivered', answerBy };
    }

    async again(step: string) {
      const type = step.split('/')[0] as 'AGRPortfolioUpdate' | 'AGRPortfolioQuery';
      this.log.push(`${type} again`);
      const n = (this.#counts[type] += 1);
      const behave = type === 'AGRPortfolioUpdate' ? this.#registry.onUpdate : this.#registry.onQuery;
      const content = behave ? behave(n) : ACCEPTED;
      if (content) this.give(type, step, content);
      return { messageId: randomUUID(), outcome: 'delivered' };
    }

    /** The answer comes in on its own way, as it does through the relay. */
    give(type: string, refersTo: string, content: object): void {
      const now = new Date().toISOString();
      const inbound = {
        ...{ inboxId: randomUUID(), type: `${type}Response`, sender: { domain: this.cro, role: 'CRO' } },
        ...{ messageId: randomUUID(), conversationId: randomUUID(), version: '3.1.0' },
        ...{ timeStamp: now, receivedAt: now, refersTo, rejections: [], content },
      } as unknown as Inbound;
      void gate.giveTo(workflowIds.portfolioSync(this.cro), inbound);
    }

    async kept() {
      return { period: '2026-11-25', congestionPoints: 1, connections: 2, unallocated: 0 };
    }

    async keptNobody() {
      if (!this.#registry.nobody) return undefined;
      return { period: '2026-11-25', congestionPoints: 0, connections: 0, unallocated: 0 };
    }

    async compared(lastWord: boolean) {
      const missing = this.#registry.missing?.((this.#counts.looked += 1)) ?? 0;
      this.log.push(`compared${lastWord ? ', last word' : ''}`);
      return { appeared: 0, vanished: 0, flagsChanged: 0, missing };
    }

    async recorded(stage: Parameters<PortfolioActivities['recordSync']>[0]) {
      this.stages.push(stage);
      this.#accepted = stage.acceptedVersion ?? this.#accepted;
    }
  }

  return {
    client,
    /** A CRO of its own that is about to be synchronised with. */
    registry(registry: Registry = {}) {
      const cro = `cro-${randomUUID()}.example.com`;
      const workflowId = workflowIds.portfolioSync(cro);
      const here = new Played(cro, registry);
      registries.set(workflowId, here);
      return {
        ...{ cro, workflowId, log: here.log, stages: here.stages },
        ask: (ask?: SyncAsk) => askForSync(client, cro, ask),
        outcome: () => client.workflow.getHandle(workflowId).result() as Promise<object>,
        moveBy: (milliseconds: number) => skipTimeOf(client, workflowId, milliseconds),
        give: (type: string, refersTo: string, content: object) => here.give(type, refersTo, content),
        /** Keeps the history of a run, the last one unless said otherwise. */
        record: (name: ProcessName, runId?: string) =>
          recordProcess(name, client.workflow.getHandle(workflowId, runId)),
      };
    },
    stop: floor.stop,
  };
}
