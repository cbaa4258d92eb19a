import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type Clock, instant } from '../../base/index.ts';
import {
  completeTerms,
  contractBody,
  type ContractBook,
  type ContractTerms,
  releaseDeadline,
  scheduledPower,
} from '../../config/index.ts';
import type { ContractVersion, Store } from '../../store/index.ts';
import { periodOf } from '../../uftp/index.ts';
import { notFound } from '../errors.ts';
import { bodyInvalid, field, parseBody } from './body.ts';

/** What the contracts' doors need. */
export interface ContractDesk {
  readonly store: Pick<Store, 'contracts' | 'reservations'>;
  readonly contracts: ContractBook;
  /** The market of a DSO among the participants. */
  readonly marketOf: (dso: string) => Parameters<typeof completeTerms>[1] | undefined;
  readonly clock: Clock;
}

/** ContractIDs are keys, and no index holds a longer one. */
const LONGEST_ID = 255;
const onDay = z.object({ on: field.day.optional() });

/**
 * Contracts as they are and as they were: `GET /v1/contracts`, `GET` and `PUT /v1/contracts/:id`, and what became of
 * what a contract reserves on a day, `GET /v1/contracts/:id/reservations/:period`.
 */
export function contractDoor(
  app: FastifyInstance,
  { store, contracts, marketOf, clock }: ContractDesk,
): void {
  const today = (timeZone = 'UTC'): string => periodOf(instant(clock), timeZone);

  /** All contracts, as they count for deliveries on one day (`?on=`, else today). */
  app.get('/v1/contracts', async (request) => {
    const { on = today() } = parseBody(onDay, request.query);
    await contracts.opened();
    return { on, contracts: (await store.contracts.allOnDay(on)).map(shown) };
  });

  /** One contract, as it counts for deliveries on one day (`?on=`, else today), and all its versions. */
  app.get<{ Params: { id: string } }>('/v1/contracts/:id', async (request) => {
    const { id } = request.params;
    const { on = today() } = parseBody(onDay, request.query);
    await contracts.opened();
    const versions = await store.contracts.versions(id);
    const inForce = await store.contracts.onDay(id, on);
    if (!inForce) throw notFound('such contract');
    return { on, ...shown(inForce), versions: versions.map(shown) };
  });

  /** Records terms. The same again changes nothing; other ones hold from `effectiveFrom` on, else from today. */
  app.put<{ Params: { id: string } }>('/v1/contracts/:id', async (request, reply) => {
    const { id } = request.params;
    const { effectiveFrom, ...said } = parseBody(contractBody, request.body);
    if (id.length > LONGEST_ID)
      throw bodyInvalid([{ path: 'id', message: `is longer than ${LONGEST_ID} characters` }]);
    const market = marketOf(said.dso);
    if (!market) throw bodyInvalid([{ path: 'dso', message: 'is no DSO among the participants' }]);
    await contracts.opened();
    const terms = completeTerms({ id, ...said }, market);
    const { version, created } = await store.contracts.put({
      contractId: id,
      effectiveFrom: effectiveFrom ?? today(terms.timeZone),
      terms,
      source: 'operator',
      recordedAt: instant(clock),
    });
    return reply.code(created && version.version === 1 ? 201 : 200).send(shown(version));
  });

  /** What a contract reserves on a day by itself, what is in force, and every update that was received. */
  app.get<{ Params: { id: string; period: string } }>(
    '/v1/contracts/:id/reservations/:period',
    async (request) => {
      const { id } = request.params;
      const { period } = parseBody(z.object({ period: field.day }), { period: request.params.period });
      const terms = await contracts.onDay(id, period);
      if (!terms) throw notFound('such contract');
      return {
        contracted: scheduledPower(terms, period).map(({ Start, Duration, Power }) => ({
          ...{ start: Start, duration: Duration, power: Power },
        })),
        deadline: releaseDeadline(terms, period),
        inForce: await store.reservations.allInForce(id, period),
        updates: await store.reservations.history(id, period),
      };
    },
  );
}

/** A version as the operator sees it: the terms without what stands beside them. */
function shown({ contractId, terms, ...version }: ContractVersion) {
  const { id: _, ...rest } = terms as ContractTerms;
  return { id: contractId, ...version, terms: rest };
}
