import Big from 'big.js';
import type { FastifyInstance } from 'fastify';
import type { ContractBook } from '../../config/index.ts';
import type { ContractItem, Store } from '../../store/index.ts';
import { ispMinutes } from '../../uftp/index.ts';
import { currencyDecimals } from '../../uftp/rules/currency.ts';
import { notFound } from '../errors.ts';
import {
  type AvailabilityLine,
  orderLine,
  type Statement,
  statementCsv,
  statementOf,
  strangerLine,
} from './statement.ts';

interface Dependencies {
  readonly store: Pick<Store, 'settlements' | 'statements'>;
  readonly contracts: Pick<ContractBook, 'onDay'>;
  readonly marketOf: (dso: string) => { readonly currency: string; readonly ispDuration: string } | undefined;
}
interface Address {
  Params: { dso: string; month: string };
  Querystring: { format?: string };
}

const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;
const WATTS_IN_MW = 1_000_000;

/**
 * `GET /v1/statements/{dso}/{yyyy-mm}`: every order delivered in a month, with what is owed for it, what is disputed
 * and why, and what contracts were kept available for. As JSON, or as CSV where `Accept` or `?format=csv` asks for it.
 */
export function statementRoutes(app: FastifyInstance, deps: Dependencies): void {
  app.get<Address>('/v1/statements/:dso/:month', async ({ params, query, headers }, reply) => {
    const { dso, month } = params;
    const market = deps.marketOf(dso);
    if (!market || !MONTH.test(month)) throw notFound(`statement of ${dso} for ${month}`);
    const statement = await statementFor(deps, dso, month, market);
    const wantsCsv = query.format === 'csv' || (headers.accept ?? '').includes('text/csv');
    if (!wantsCsv) return statement;
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="statement-${month}.csv"`)
      .send(statementCsv(statement));
  });
}

async function statementFor(
  { store, contracts }: Dependencies,
  dso: string,
  month: string,
  market: { readonly currency: string; readonly ispDuration: string },
): Promise<Statement> {
  // Days are text and sort as such: no month has a 32nd.
  const [from, to] = [`${month}-01`, `${month}-31`];
  const { orders, strangers } = await store.statements.between(dso, from, to);
  const open = await store.settlements.list({ limit: 10_000, dso, status: 'open' });
  const undecided = new Set(open.map(({ messageId }) => messageId));
  const availability: AvailabilityLine[] = [];
  for (const item of await store.settlements.contractItemsOf(dso, from, to)) {
    const terms = await contracts.onDay(item.contractId, item.period);
    availability.push(availabilityLine(item, market, terms?.capacityPricePerMWh));
  }
  const leftOut = await store.settlements.leftOut(dso, from, to);
  const lines = [
    ...orders.map((each) => orderLine(each, undecided, leftOut)),
    ...strangers.map(strangerLine),
  ];
  return statementOf({ dso, month, currency: market.currency }, lines, availability);
}

function availabilityLine(
  { contractId, period, computed, reason }: ContractItem,
  { currency, ispDuration }: { readonly currency: string; readonly ispDuration: string },
  pricePerMWh: string | undefined,
): AvailabilityLine {
  const isps = (computed ?? []) as readonly { readonly reserved: number }[];
  const watts = isps.reduce((sum, { reserved }) => sum + Math.abs(reserved), 0);
  const energy = new Big(watts).times(ispMinutes(ispDuration)).div(60).div(WATTS_IN_MW);
  return {
    ...{ contractId, period, reservedMWh: energy.toFixed() },
    ...(pricePerMWh !== undefined && {
      amount: energy.times(pricePerMWh).toFixed(currencyDecimals(currency), Big.roundHalfUp),
    }),
    ...(reason !== undefined && { reason }),
  };
}
