import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { instant } from '../base/clock.ts';
import type { Dso } from '../config/index.ts';
import { phaseOf } from '../market/prognosis/index.ts';
import { addDays, periodEnd, periodOf } from '../uftp/index.ts';
import { expectPower } from './baseline/expect-power.ts';
import type { Activities } from './contract.ts';
import type { Dependencies } from './dependencies.ts';
import type { Outgoing } from './outgoing.ts';
import type { PrognosisActivities } from './prognosis-contract.ts';
import { sendPrognosis } from './prognosis-send.ts';

/** Activities around D-Prognoses, where they are the baseline agreed with a DSO. */
export function prognosisActivities(
  deps: Dependencies,
  outgoing: Outgoing,
): PrognosisActivities & Pick<Activities, 'updatePrognosis'> {
  const { config, store, clock, prognoses, tell, log } = deps;

  const prognosed = (domain: string): Dso | undefined => {
    const dso = config.participant(domain, 'DSO');
    return dso?.baseline.kind === 'd-prognosis' ? dso : undefined;
  };

  return {
    async openPrognosis({ dso: domain, congestionPoint, period }) {
      const dso = prognosed(domain);
      if (dso?.baseline.kind !== 'd-prognosis') return undefined;
      return {
        dso: domain,
        version: dso.version,
        conversationId: randomUUID(),
        CongestionPoint: congestionPoint,
        Period: period,
        TimeZone: dso.market.timeZone,
        ISPDuration: dso.market.ispDuration,
        gates: dso.market.gateClosure,
        warnBefore: dso.baseline.warnBefore,
        replyWithin: dso.delivery.replyWithin,
      };
    },

    async forecastPower(key) {
      const answer = await expectPower(deps, key);
      if (answer.kind === 'known') return { power: answer.power };
      log.warn({ ...key, reason: answer.reason }, 'there is no forecast for a prognosis');
      return { reason: answer.reason };
    },

    sendPrognosis: (input) => sendPrognosis(deps, outgoing, input),

    keepPrognosisAnswer: (answer) => store.prognoses.keepAnswer(answer),

    async tellPrognosed({ workflowId, event }) {
      const told = await tell(workflowId, event);
      if (!told) log.warn({ workflowId, ...event }, 'the conversation of a prognosed order is over');
    },

    async recordPrognosis(state) {
      const { terms, transition, orders, alerts } = state;
      if (!terms) return;
      const { workflowId } = Context.current().info.workflowExecution!;
      const recordedAt = instant(clock);
      const place = { dso: terms.dso, congestionPoint: terms.CongestionPoint, period: terms.Period };
      await store.prognoses.record(
        {
          ...{ workflowId, ...place, phase: phaseOf(state), transition },
          ...{ snapshot: state, updatedAt: recordedAt },
        },
        orders.flatMap(({ orderMessageId, orderReference, frozen, prognosisMessageId }) =>
          frozen
            ? {
                ...{ ...place, orderMessageId, orderReference, isps: frozen, recordedAt },
                ...(prognosisMessageId !== undefined && { prognosisId: prognosisMessageId }),
              }
            : [],
        ),
        alerts,
      );
    },

    async startPrognoses({ dso: only, congestionPoint, period }) {
      const now = instant(clock);
      let looked = 0;
      for (const { domain, market } of config.dsos()) {
        if (!prognosed(domain) || (only !== undefined && only !== domain)) continue;
        const day = period ?? addDays(periodOf(now, market.timeZone), 1);
        if (now >= periodEnd(day, market.timeZone)) continue;
        const points = await store.prognoses.pointsOf(domain, day, congestionPoint);
        for (const point of points) {
          const key = { dso: domain, congestionPoint: point, period: day };
          await prognoses.begin(key, now);
          await prognoses.tell(key, { type: 'refresh' });
        }
        looked += points.length;
      }
      return looked;
    },

    async stopPrognoses({ reason, ...key }) {
      await prognoses.tell(key, { type: 'withdrawn', reason });
    },

    async updatePrognosis({ frame, order, lost }) {
      if (!prognosed(frame.dso)) return;
      const { workflowId } = Context.current().info.workflowExecution!;
      const key = { dso: frame.dso, congestionPoint: frame.CongestionPoint, period: frame.Period };
      await prognoses.begin(key, instant(clock));
      const { messageId: orderMessageId, OrderReference: orderReference, ISP } = order;
      const told = await prognoses.tell(key, {
        type: 'ordered',
        orderMessageId,
        orderReference,
        ISP,
        workflowId,
      });
      if (!told) log.warn({ ...key, orderReference }, 'an order came after the last prognosis of its day');
      if (lost) await prognoses.tell(key, { type: 'deviation', id: orderMessageId, ISP: lost });
    },
  };
}
