import Big from 'big.js';
import { currencyDecimals } from '../uftp/rules/currency.ts';

/** An amount as messages carry it: exactly the currency's decimals, rounded half up; nothing is never below zero. */
export function amount(value: Big, currency: string): string {
  const text = value.toFixed(currencyDecimals(currency), Big.roundHalfUp);
  return /[1-9]/.test(text) ? text : text.replace('-', '');
}
