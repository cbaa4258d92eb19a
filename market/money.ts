import Big from 'big.js';

/** Currencies without the usual two decimals (ISO 4217), as far as European markets meet them. */
const DECIMALS: Readonly<Record<string, number>> = { ISK: 0, JPY: 0, HUF: 2 };

/** How many decimals amounts in a currency are written with. */
export function currencyDecimals(currency: string): number {
  return DECIMALS[currency] ?? 2;
}

/** An amount as messages carry it: exactly the currency's decimals, rounded half up. */
export function amount(value: Big, currency: string): string {
  return value.toFixed(currencyDecimals(currency), Big.roundHalfUp);
}

/** Whether two decimal strings are the same number: 2.3 and 2.3000 are. */
export function sameAmount(left: string, right: string): boolean {
  return new Big(left).eq(new Big(right));
}
