import { setTimeout as pause } from 'node:timers/promises';

/** How long to keep trying, and what makes further tries pointless. */
export interface Patience {
  /** Milliseconds until the last failure is thrown. */
  timeoutMs: number;
  /** Milliseconds between two tries. Default 50. */
  everyMs?: number;
  /** Throws when waiting has become pointless, e.g. because the awaited process is gone. */
  abort?: () => void;
}

/** Repeats `attempt` until it resolves, and returns its value; rejects with its last error when patience ends. */
export async function until<T>(attempt: () => Promise<T>, patience: Patience): Promise<T> {
  const deadline = performance.now() + patience.timeoutMs;
  for (;;) {
    patience.abort?.();
    try {
      return await attempt();
    } catch (failure) {
      patience.abort?.();
      if (performance.now() >= deadline) throw failure;
    }
    await pause(patience.everyMs ?? 50);
  }
}

/** True once `promise` settles, false when `timeoutMs` pass first. */
export async function settlesWithin(promise: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  const timer = new AbortController();
  try {
    return await Promise.race([
      promise.then(
        () => true,
        () => true,
      ),
      pause(timeoutMs, false, { signal: timer.signal }),
    ]);
  } finally {
    timer.abort();
  }
}

/** A promise with its settling functions outside: `Promise.withResolvers`, which Node 20 lacks. */
export function deferred<T>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (reason: unknown) => void;
} {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
