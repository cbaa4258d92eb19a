import { constants } from 'node:os';
import { reasonOf } from '../base/index.ts';
import { ServicesError, silent, type Say } from './errors.ts';
import type { Exit } from './guarded.ts';
import { tailOf } from './log-tail.ts';

/** Something that was started and has to be stopped: a guarded process, or a server inside this process. */
export interface Part {
  /** Stops it; `graceMs` 0 means at once. */
  stop(graceMs?: number): Promise<unknown>;
  /** Resolves when it ends, also by itself; parts without it are not watched. */
  readonly exited?: Promise<Exit>;
  readonly logFile?: string;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** One Ctrl-C or one service manager's stop may arrive twice: from the terminal and through the launcher. */
const impatienceMs = 500;

/**
 * Keeps what one run of Flexor has started, and stops all of it, once, in reverse order: on SIGINT, SIGTERM
 * or SIGHUP, when a part ends by itself, when starting fails, when the launcher is gone, or on request. A second
 * Ctrl-C ends everything at once.
 *
 * Exit codes: what `run`'s body or `stop` asks for (0 by default); 128 + the signal's number after a stop by
 * signal, as a shell reports it (130 for Ctrl-C, 143 for SIGTERM); 1 when a part ended by itself or would
 * not stop.
 */
export class Supervisor {
  readonly #say: Say;
  readonly #parts: { name: string; part: Part }[] = [];
  readonly #starting = new Set<Promise<unknown>>();
  readonly #stopping = new AbortController();
  #finished: Promise<number> | undefined;
  #signalledAt = 0;

  constructor(options: { say?: Say } = {}) {
    this.#say = options.say ?? silent;
  }

  /** Aborted as soon as stopping begins: for work that should not go on then. */
  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  /**
   * Starts a part and keeps it. When stopping begins meanwhile, the part is stopped with the others.
   *
   * @throws ServicesError `services.stopping` when it came too late; whatever `begin` throws.
   */
  async start<P extends Part>(name: string, begin: () => Promise<P>): Promise<P> {
    if (this.signal.aborted) throw stopping(name);
    const begun = begin().then((part) => this.#keep(name, part));
    const settled = begun.catch(() => {});
    this.#starting.add(settled);
    void settled.then(() => this.#starting.delete(settled));
    const part = await begun;
    if (this.signal.aborted) throw stopping(name);
    return part;
  }

  /**
   * Runs `body` under this supervisor and resolves, after everything was stopped, with the exit code. A body
   * that returns a number ends the run with it; one that returns nothing leaves the run going until a signal,
   * the death of a part, or `stop`.
   *
   * @throws whatever `body` throws, after everything was stopped; except what it throws because of stopping.
   */
  async run(body: (supervisor: this) => Promise<number | void>): Promise<number> {
    const onSignal = (name: (typeof signals)[number]) => this.#onSignal(name);
    const onLauncherGone = () => this.#onSignal('SIGHUP');
    for (const name of signals) process.on(name, onSignal);
    process.on('disconnect', onLauncherGone);
    process.channel?.unref(); // listening alone must not keep this process running
    try {
      const code = await body(this);
      return await (code === undefined ? this.#untilStopped() : this.stop(code));
    } catch (failure) {
      const stoppedBefore = this.signal.aborted;
      const code = await this.stop(1);
      if (stoppedBefore) return code;
      throw failure;
    } finally {
      for (const name of signals) process.off(name, onSignal);
      process.off('disconnect', onLauncherGone);
    }
  }

  /** Stops everything in reverse order of starting; the first call decides the exit code it resolves with. */
  stop(code = 0): Promise<number> {
    this.#finished ??= this.#stopAll(code);
    return this.#finished;
  }

  #keep<P extends Part>(name: string, part: P): P {
    this.#parts.push({ name, part });
    void part.exited?.then((exit) => this.#onExit(name, part, exit));
    return part;
  }

  async #untilStopped(): Promise<number> {
    // Parts that are not processes may hold nothing open: without a timer Node would end here, unasked.
    const keepAlive = setInterval(() => {}, 2 ** 30);
    if (!this.signal.aborted) {
      await new Promise((resolve) => this.signal.addEventListener('abort', resolve, { once: true }));
    }
    clearInterval(keepAlive);
    return this.stop();
  }

  async #stopAll(code: number): Promise<number> {
    this.#stopping.abort();
    await Promise.all(this.#starting);
    let result = code;
    for (const { name, part } of this.#parts.toReversed()) {
      try {
        await part.stop();
      } catch (failure) {
        this.#say(`${name} did not stop properly: ${reasonOf(failure)}`);
        result ||= 1;
      }
    }
    return result;
  }

  #onSignal(name: (typeof signals)[number]): void {
    const code = 128 + constants.signals[name];
    if (!this.signal.aborted) {
      this.#say('Stopping; press Ctrl-C again to end everything at once.');
      this.#signalledAt = performance.now();
      void this.stop(code);
    } else if (name === 'SIGINT' && performance.now() - this.#signalledAt > impatienceMs) {
      for (const { part } of this.#parts) void part.stop(0).catch(() => {});
      process.exit(code);
    }
  }

  async #onExit(name: string, part: Part, { code, signal }: Exit): Promise<void> {
    const tail = part.logFile === undefined ? '' : await tailOf(part.logFile);
    if (this.signal.aborted) return;
    this.#say(`${name} ended unexpectedly (${signal ?? `code ${code}`}).${tail === '' ? '' : `\n${tail}`}`);
    void this.stop(1);
  }
}

function stopping(name: string): ServicesError {
  return new ServicesError(
    'services.stopping',
    `${name} was not started, as this run is being stopped.`,
    'Start Flexor again.',
  );
}
