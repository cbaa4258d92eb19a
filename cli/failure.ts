/** Says what went wrong as one sentence and its remedy, not as a stack; what nobody foresaw comes with its stack. */
export function tellFailure(failure: unknown): 1 {
  const { message = String(failure), remedy } = failure as { message?: string; remedy?: string };
  console.error(`flexor: ${message}`);
  if (remedy !== undefined) console.error(`What to do: ${remedy}`);
  if (remedy === undefined && failure instanceof Error) console.error(failure.stack);
  return 1;
}
