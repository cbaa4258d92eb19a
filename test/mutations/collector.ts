/** Stands in for `vitest` in the test files, which are run once for every mutation: in one process, without its runner. */
export { expect } from 'vitest';

type Run = (...args: never[]) => void;
let collected: (() => void)[] = [];

/** What the test files imported so far hold; running one of them runs all that it holds, up to the first failure. */
export function collect(): readonly (() => void)[] {
  const taken = collected;
  collected = [];
  return taken;
}

export function describe(_name: string, body: () => void): void {
  collected.push(() => {
    const outer = collected;
    collected = [];
    body();
    const inner = collected;
    collected = outer;
    for (const run of inner) run();
  });
}

export function it(_name: string, run: () => void): void {
  collected.push(run);
}

it.each =
  (rows: readonly unknown[]) =>
  (_name: string, run: Run): void => {
    for (const row of rows) collected.push(() => run(...((Array.isArray(row) ? row : [row]) as never[])));
  };
