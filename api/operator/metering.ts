import type { Client } from '@temporalio/client';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type Clock, instant, systemClock } from '../../base/index.ts';
import type { Dso } from '../../config/index.ts';
import type { MeteredDay, MeteredKind, Store } from '../../store/index.ts';
import { addDays, ispCount, periodEnd } from '../../uftp/index.ts';
import { ApiError, notFound, Refusal } from '../errors.ts';
import { startMetering } from '../start-metering.ts';
import { bodyInvalid, field, parseBody } from './body.ts';
import { isCalendarDay } from './scalars.ts';

interface Dependencies {
  readonly store: Pick<Store, 'meterings' | 'meterReadings'>;
  readonly temporal: () => Promise<Client>;
  readonly dso: (domain: string) => Dso | undefined;
  readonly clock: Clock;
}

const CALL_MS = 5_000;
const NAMED = 100;
const MOST_DAYS = 62;

const KIND_OF = {
  Power: 'power',
  ImportEnergy: 'importEnergy',
  ExportEnergy: 'exportEnergy',
  ImportMeterReading: 'importRegister',
  ExportMeterReading: 'exportRegister',
} as const satisfies Record<Dso['metering']['profiles'][number], MeteredKind>;

const daysQuery = z.strictObject({ from: field.day, to: field.day });
const resendBody = z.strictObject({ connections: z.array(field.entityAddress).min(1).max(NAMED) });

/**
 * What DSOs were told of meter readings, and what is missing for their settlements.
 *
 * - `GET /v1/metering/{dso}?from=&to=`: per day, how many values of how many connections are missing.
 * - `GET /v1/metering/{dso}/{period}`: one day, with the connections that something is missing of, and the messages
 *   that were not accepted.
 * - `POST /v1/metering/{dso}/{period}/resend`: tells the DSO of connections again, under a higher revision.
 */
export function meteringRoutes(app: FastifyInstance, { store, temporal, dso, clock }: Dependencies): void {
  const dsoCalled = (domain: string): Dso => {
    const found = dso(domain);
    if (found) return found;
    throw notFound(`DSO ${domain} in the configuration`);
  };
  const dayCalled = (params: { dso: string; period: string }): { dso: Dso; day: MeteredDay } => {
    if (!isCalendarDay(params.period)) throw notFound(`day ${params.period}`);
    const called = dsoCalled(params.dso);
    return { dso: called, day: neededDay(called, params.period) };
  };

  app.get<{ Params: { dso: string } }>('/v1/metering/:dso', async ({ params, query }) => {
    const called = dsoCalled(params.dso);
    const { from, to } = parseBody(daysQuery, query);
    const days: object[] = [];
    for (let period = from; period <= to; period = addDays(period, 1)) {
      if (days.length >= MOST_DAYS)
        throw bodyInvalid([{ path: 'to', message: `is more than ${MOST_DAYS} days later` }]);
      const { connections, missing } = await store.meterings.incomplete(neededDay(called, period), 1);
      days.push({ period, connectionsIncomplete: connections, valuesMissing: missing });
    }
    return { dso: called.domain, required: called.metering.required, days };
  });

  app.get<{ Params: { dso: string; period: string } }>('/v1/metering/:dso/:period', async ({ params }) => {
    const { dso: called, day } = dayCalled(params);
    const { connections, missing, first } = await store.meterings.incomplete(day, NAMED);
    return {
      dso: called.domain,
      period: day.period,
      isps: day.isps,
      required: called.metering.required,
      readings: { kinds: day.kinds, connectionsIncomplete: connections, valuesMissing: missing, first },
      messages: await store.meterings.progress(called.domain, day.period),
      notAccepted: await store.meterings.troubled(called.domain, day.period, NAMED),
    };
  });

  app.post<{ Params: { dso: string; period: string } }>(
    '/v1/metering/:dso/:period/resend',
    async ({ params, body }, reply) => {
      const { dso: called, day } = dayCalled(params);
      const { connections } = parseBody(resendBody, body);
      const { period } = day;
      if (!called.metering.required)
        throw bodyInvalid([{ path: 'dso', message: 'wants no Metering messages' }]);
      if (instant(clock) < periodEnd(period, called.market.timeZone))
        throw bodyInvalid([
          { path: 'period', message: `${period} is not over: DSOs are told of whole days` },
        ]);
      const revisions = await Promise.all(
        connections.map((connection) => store.meterReadings.revisionOf(connection, period)),
      );
      const unread = connections.findIndex((_, index) => revisions[index] === 0);
      if (unread >= 0) {
        const message = `${connections[unread]} has no readings of ${period}`;
        throw bodyInvalid([{ path: `connections[${unread}]`, message }]);
      }
      for (const [index, connection] of connections.entries()) {
        await store.meterings.claim(called.domain, period, connection, revisions[index]!);
      }
      await orUnavailable(temporal, (client) =>
        startMetering(client, { dso: called.domain, period }, instant(clock)),
      );
      return reply.code(202).send({ connections: connections.length });
    },
  );
}

/** A day as settlement and the DSO need it: power, and the profiles that it is to be told. */
function neededDay({ domain, market, metering }: Dso, period: string): MeteredDay {
  const told = metering.required ? metering.profiles.map((profile) => KIND_OF[profile]) : [];
  return {
    dso: domain,
    period,
    kinds: [...new Set<MeteredKind>(['power', ...told])],
    isps: ispCount(period, market.timeZone, market.ispDuration),
  };
}

async function orUnavailable(
  temporal: () => Promise<Client>,
  call: (client: Client) => Promise<void>,
): Promise<void> {
  try {
    const client = await temporal();
    await client.withDeadline(systemClock.now().getTime() + CALL_MS, () => call(client));
  } catch (cause) {
    const remedy = 'Nothing is lost: what is to be sent stands, and is sent when Temporal answers.';
    throw new Refusal(
      503,
      new ApiError('api.temporal-unavailable', 'Temporal does not answer.', remedy, { cause }),
      { 'retry-after': '5' },
    );
  }
}
