import Big from 'big.js';
import { currencyDecimals } from '../uftp/rules/currency.ts';

/** An amount as messages carry it: exactly the currency's decimals, rounded half up. */
export function amount(value: Big, currency: string): string {
  return value.toFixed(currencyDecimals(currency), Big.roundHalfUp);
}
