/** How many decimals amounts in a currency have (ISO 4217): 2 for EUR, 0 for ISK. The schema allows 4 at most. */
export function currencyDecimals(currency: string): number {
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
  }).resolvedOptions();
  return Math.min(maximumFractionDigits, 4);
}
