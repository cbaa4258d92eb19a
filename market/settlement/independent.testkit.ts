import type { SettledOrder } from './delivery.ts';

/**
 * A second computation of settlements, built unlike the first so that both are unlikely to be wrong alike: whole
 * numbers only (bigint, money in 1/10,000), and shares of an ISP as differences of running totals.
 */
export interface IndependentDay {
  /** In the sequence of acceptance. */
  readonly orders: readonly SettledOrder[];
  /** W by ISP, the first is ISP 1. */
  readonly baseline: readonly number[];
  readonly actual: readonly number[];
  readonly ispMinutes: number;
  /** Decimal with at most four digits after the point. */
  readonly penaltyPerMWh: string;
  readonly payFor: 'ordered' | 'delivered';
}

export interface IndependentResult {
  readonly penalty: string;
  readonly netSettlement: string;
  /** By ISP: delivered and lacking, W without sign. */
  readonly isps: ReadonlyMap<number, readonly [number, number]>;
}

export function settleIndependently(day: IndependentDay): IndependentResult[] {
  const grid = day.orders.map(({ ISP }) => {
    const row = new Array<number | undefined>(day.baseline.length);
    for (const { Start, Duration, Power } of ISP) row.fill(Power, Start - 1, Start - 1 + Duration);
    return row;
  });
  const shares = day.orders.map(() => new Map<number, readonly [number, number]>());
  for (let column = 0; column < day.baseline.length; column += 1) {
    const powers = grid.map((row) => row[column]);
    const due = powers.reduce<number>((sum, power) => sum + (power ?? 0), 0);
    const moved = (day.actual[column]! - day.baseline[column]!) * (due < 0 ? -1 : 1);
    const lackingInAll = due === 0 ? 0 : Math.max(0, Math.abs(due) - moved);
    const along = powers.flatMap((power, index) =>
      power !== undefined && Math.sign(power) === Math.sign(due) ? [index] : [],
    );
    const size = (index: number): number => Math.abs(powers[index]!);
    const alongTotal = along.reduce((sum, index) => sum + size(index), 0);
    // What orders the other way gave up is available to those along.
    const available = moved + alongTotal - Math.abs(due);
    const upTo = (total: number): number => (available <= 0 ? 0 : available >= total ? total : available);
    let running = 0;
    let lackingBefore = 0;
    powers.forEach((power, index) => {
      if (power === undefined) return;
      if (!along.includes(index)) return void shares[index]!.set(column + 1, [Math.abs(power), 0]);
      const delivered = upTo(running + size(index)) - upTo(running);
      running += size(index);
      const lacking = index === along.at(-1) ? lackingInAll - lackingBefore : size(index) - delivered;
      lackingBefore += lacking;
      shares[index]!.set(column + 1, due === 0 ? [size(index), 0] : [delivered, lacking]);
    });
  }
  return day.orders.map((order, index) => money(order, shares[index]!, day));
}

const TEN_THOUSANDTHS = 10_000n;

function money(
  order: SettledOrder,
  isps: ReadonlyMap<number, readonly [number, number]>,
  day: IndependentDay,
): IndependentResult {
  let delivered = 0n;
  let lacking = 0n;
  for (const [yes, no] of isps.values()) {
    delivered += BigInt(yes);
    lacking += BigInt(no);
  }
  let ordered = 0n;
  for (const { Power, Duration } of order.ISP) ordered += BigInt(Math.abs(Power)) * BigInt(Duration);
  // penalty = lacking · minutes / 60 / 10⁶ · rate [+ price · undelivered / ordered], over one denominator.
  const hour = 60_000_000n;
  const share = day.payFor === 'delivered' && ordered > 0n ? ordered : 1n;
  const undelivered = day.payFor === 'delivered' && ordered > 0n ? ordered - delivered : 0n;
  const rate = scaled(day.penaltyPerMWh);
  const price = scaled(order.price);
  const above = lacking * BigInt(day.ispMinutes) * rate * share + price * undelivered * hour;
  const penalty = cents(above, hour * share * TEN_THOUSANDTHS);
  return { penalty: text(penalty), netSettlement: text(cents(price, TEN_THOUSANDTHS) - penalty), isps };
}

function scaled(decimal: string): bigint {
  const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d{1,4}))?$/.exec(decimal)!;
  return BigInt(`${sign}${whole}${fraction.padEnd(4, '0')}`);
}

/** above / below in cents, halves away from zero. */
function cents(above: bigint, below: bigint): bigint {
  const size = above < 0n ? -above : above;
  const rounded = (size * 200n + below) / (2n * below);
  return above < 0n ? -rounded : rounded;
}

function text(amount: bigint): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(3, '0');
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
