import type { Clock } from '../../base/clock.ts';

/** Something to keep, and for how long. */
export interface Keepable<T> {
  readonly value: T;
  /** Milliseconds; 0 keeps it only for those who wait for it already. */
  readonly ttlMs: number;
}

/**
 * Values by key, each for its own time, loaded once for all who wait. A failure is kept for nobody else. Holds a
 * bounded number of entries: the names asked for come from outside.
 */
export class TtlCache<T> {
  readonly #entries = new Map<string, { value: T; until: number }>();
  readonly #pending = new Map<string, Promise<T>>();
  readonly #clock: Clock;
  readonly #capacity: number;

  constructor(clock: Clock, capacity = 10_000) {
    this.#clock = clock;
    this.#capacity = capacity;
  }

  /** The kept value, or what `load` brings; concurrent callers share one load. */
  async get(key: string, load: () => Promise<Keepable<T>>): Promise<T> {
    const entry = this.#entries.get(key);
    if (entry && this.#now() < entry.until) return entry.value;
    const pending = this.#pending.get(key);
    if (pending) return pending;
    const loading = this.#load(key, load).finally(() => this.#pending.delete(key));
    this.#pending.set(key, loading);
    return loading;
  }

  async #load(key: string, load: () => Promise<Keepable<T>>): Promise<T> {
    const { value, ttlMs } = await load();
    this.#entries.delete(key);
    if (ttlMs > 0) {
      this.#entries.set(key, { value, until: this.#now() + ttlMs });
      const oldest = this.#entries.keys().next();
      if (this.#entries.size > this.#capacity && !oldest.done) this.#entries.delete(oldest.value);
    }
    return value;
  }

  #now(): number {
    return this.#clock.now().getTime();
  }
}
