import Big from 'big.js';
import type { SettlementItem, StatementOrder } from '../../store/index.ts';
import { currencyDecimals } from '../../uftp/rules/currency.ts';

/** One order, or one thing a DSO settled that is no order of ours. Money in decimals of the currency. */
export interface StatementLine {
  readonly orderReference: string;
  /** Day of delivery. */
  readonly period: string;
  readonly congestionPoint?: string;
  readonly contractId?: string;
  /** `accepted` is owed; `open`: no settlement named it yet, or its review is not over. */
  readonly disposition: 'accepted' | 'disputed' | 'rejected' | 'open';
  /** As the DSO states it; of an open order what was agreed. */
  readonly price: string;
  readonly penalty?: string;
  readonly netSettlement?: string;
  /** As we computed it. */
  readonly ownPenalty?: string;
  readonly ownNetSettlement?: string;
  readonly reason?: string;
  /** MessageID of the FlexSettlement. */
  readonly settlement?: string;
}

/** What a contract was kept available for on one day. */
export interface AvailabilityLine {
  readonly contractId: string;
  readonly period: string;
  /** Reserved energy, MWh. */
  readonly reservedMWh: string;
  /** At the capacity price of the contract; missing where none was agreed. */
  readonly amount?: string;
  /** Where the DSO states it otherwise than we have it. */
  readonly reason?: string;
}

export interface Totals {
  readonly orders: number;
  readonly price: string;
  readonly penalty: string;
  readonly netSettlement: string;
}

export interface Statement {
  readonly dso: string;
  readonly month: string;
  readonly currency: string;
  readonly lines: readonly StatementLine[];
  readonly availability: readonly AvailabilityLine[];
  /** Sums of the lines as they are shown, by disposition. */
  readonly totals: Readonly<Record<StatementLine['disposition'], Totals>> & { readonly availability: string };
}

/** An amount without loss: at least the currency's decimals, and all there are. */
export function exact(value: string | Big, currency: string): string {
  const big = new Big(value);
  const decimals = currencyDecimals(currency);
  const shortest = big.toFixed();
  const there = shortest.includes('.') ? shortest.length - shortest.indexOf('.') - 1 : 0;
  return big.toFixed(Math.max(decimals, there));
}

interface Stated {
  readonly CongestionPoint?: string;
  readonly Price: string;
  readonly Penalty: string;
  readonly NetSettlement: string;
}

/**
 * The line of an order.
 * @param undecided MessageIDs of settlements whose review is not over
 * @param leftOut MessageID of the settlement that left an order out, by OrderReference
 */
export function orderLine(
  { order, item }: StatementOrder,
  undecided: ReadonlySet<string>,
  leftOut: ReadonlyMap<string, string> = new Map(),
): StatementLine {
  const { orderReference, period, congestionPoint, contractId, currency } = order;
  const head = { orderReference, period, congestionPoint, ...(contractId !== undefined && { contractId }) };
  if (!item) {
    const settlement = leftOut.get(orderReference);
    const why = settlement !== undefined && { reason: 'left out of the settlement', settlement };
    return { ...head, disposition: 'open', price: exact(order.price, currency), ...why };
  }
  const line = { ...head, ...itemFields(item) };
  return undecided.has(item.messageId) && item.disposition !== 'Rejected'
    ? { ...line, disposition: 'open' }
    : line;
}

/** The line of something settled that is no order of ours, or one more time. */
export function strangerLine(item: SettlementItem): StatementLine {
  const { CongestionPoint: congestionPoint } = item.stated as Stated;
  return {
    orderReference: item.orderReference,
    period: item.period,
    ...(congestionPoint !== undefined && { congestionPoint }),
    ...itemFields(item),
  };
}

function itemFields(item: SettlementItem) {
  const stated = item.stated as Stated;
  const computed = item.computed as { penalty?: string; netSettlement?: string } | undefined;
  const { currency } = item;
  return {
    disposition: item.disposition.toLowerCase() as StatementLine['disposition'],
    price: exact(stated.Price, currency),
    penalty: exact(stated.Penalty, currency),
    netSettlement: exact(stated.NetSettlement, currency),
    ...(computed?.penalty !== undefined && { ownPenalty: exact(computed.penalty, currency) }),
    ...(computed?.netSettlement !== undefined && {
      ownNetSettlement: exact(computed.netSettlement, currency),
    }),
    ...(item.reason != null && { reason: item.reason }),
    settlement: item.messageId,
  };
}

/** A month's lines with their sums. */
export function statementOf(
  head: Pick<Statement, 'dso' | 'month' | 'currency'>,
  lines: readonly StatementLine[],
  availability: readonly AvailabilityLine[],
): Statement {
  const total = (disposition: StatementLine['disposition']): Totals => {
    const those = lines.filter((line) => line.disposition === disposition);
    const sum = (of: (line: StatementLine) => string | undefined): string =>
      exact(
        those.reduce((all, line) => all.plus(of(line) ?? '0'), new Big(0)),
        head.currency,
      );
    return {
      orders: those.length,
      price: sum(({ price }) => price),
      penalty: sum(({ penalty }) => penalty),
      netSettlement: sum(({ netSettlement }) => netSettlement),
    };
  };
  const available = availability.reduce((all, { amount }) => all.plus(amount ?? '0'), new Big(0));
  return {
    ...{ ...head, lines, availability },
    totals: {
      accepted: total('accepted'),
      disputed: total('disputed'),
      rejected: total('rejected'),
      open: total('open'),
      availability: exact(available, head.currency),
    },
  };
}

const COLUMNS = [
  'kind',
  'orderReference',
  'period',
  'congestionPoint',
  'contractId',
  'disposition',
  'currency',
  'price',
  'penalty',
  'netSettlement',
  'ownPenalty',
  'ownNetSettlement',
  'reservedMWh',
  'amount',
  'reason',
  'settlement',
] as const;

/** The statement as CSV (RFC 4180), one row a line, and one a total: the sums can be checked in any spreadsheet. */
export function statementCsv(statement: Statement): string {
  const { currency, totals } = statement;
  const dispositions = ['accepted', 'disputed', 'rejected', 'open'] as const;
  const rows: Record<string, unknown>[] = [
    ...statement.lines.map((line) => ({ kind: 'order', currency, ...line })),
    ...statement.availability.map((line) => ({ kind: 'availability', currency, ...line })),
    ...dispositions.map((disposition) => ({
      ...{ kind: 'total', disposition, currency },
      ...{ price: totals[disposition].price, penalty: totals[disposition].penalty },
      netSettlement: totals[disposition].netSettlement,
    })),
    { kind: 'total', disposition: 'availability', currency, amount: totals.availability },
  ];
  const written = rows.map((row) => COLUMNS.map((column) => cell(row[column])).join(','));
  return [COLUMNS.join(','), ...written, ''].join('\r\n');
}

const NUMBER = /^-?\d+(\.\d+)?$/;

/**
 * One cell. What a DSO wrote never becomes a formula in a spreadsheet: text that begins like one gets an apostrophe
 * in front, as spreadsheets themselves mark text.
 */
function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = String(value as string | number);
  const safe = /^[=+\-@\t\r\n]/.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",;\t\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
