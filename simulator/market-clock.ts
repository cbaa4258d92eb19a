import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { type Clock, systemClock } from '../base/clock.ts';
import { SimulatorError } from './errors.ts';

/**
 * A clock for rehearsals: the system's clock plus an offset that stands in a small file, so that several
 * processes live on the same day. It runs on by itself and is moved forwards only, as time is. Production code
 * cannot reach it: nothing below the command line imports the simulator.
 */
export class MarketClock implements Clock {
  readonly #file: string;
  readonly #system: Clock;

  /** @throws SimulatorError `simulator.clock-missing`, `simulator.clock-invalid` */
  constructor(file: string, system: Clock = systemClock) {
    this.#file = file;
    this.#system = system;
    readOffset(file);
  }

  /** The present instant of the rehearsal. The file is read every time: another process may have moved it. */
  now(): Date {
    return new Date(this.#system.now().getTime() + readOffset(this.#file));
  }

  /**
   * Moves the clock of every process that shares the file to `instant` (ISO 8601), from where it runs on.
   * One process tells the story: moves are not made by several at a time.
   * @throws SimulatorError `simulator.clock-backwards`, `simulator.clock-invalid`
   */
  moveTo(instant: string): void {
    const target = Date.parse(instant);
    const now = this.now();
    if (Number.isNaN(target)) throw invalid(this.#file, `"${instant}" is not an instant`);
    if (target < now.getTime()) {
      throw new SimulatorError(
        'simulator.clock-backwards',
        `The market clock stands at ${now.toISOString()} and cannot go back to ${instant}.`,
        'Move it forwards only, or begin a new rehearsal with a new clock file.',
      );
    }
    writeOffset(this.#file, target - this.#system.now().getTime());
  }
}

/** Makes the file of a new market clock, which starts at `instant` or, without one, with the system's clock. */
export function createMarketClock(file: string, instant?: string, system: Clock = systemClock): MarketClock {
  writeOffset(file, 0);
  const clock = new MarketClock(file, system);
  if (instant !== undefined) writeOffset(file, Date.parse(instant) - system.now().getTime());
  return clock;
}

/** The clock in `file`, for a process that only asks for the time. */
export function readMarketClock(file: string): Clock {
  return new MarketClock(file);
}

/** Moves the clock in `file` forwards to `instant`. */
export function moveMarketClock(file: string, instant: string): void {
  new MarketClock(file).moveTo(instant);
}

function readOffset(file: string): number {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new SimulatorError(
      'simulator.clock-missing',
      `There is no market clock at ${file}.`,
      'Make it with createMarketClock before the processes that share it start.',
      { cause },
    );
  }
  const offset = /^\{"offsetMs":(-?\d+)\}$/.exec(text.trim())?.[1];
  if (offset === undefined) throw invalid(file, 'the file does not hold {"offsetMs": milliseconds}');
  return Number(offset);
}

/** Readers see the old file or the new one, never half of one. */
function writeOffset(file: string, offsetMs: number): void {
  if (!Number.isSafeInteger(offsetMs)) throw invalid(file, 'the instant is not a date');
  const fresh = `${file}.${randomUUID()}`;
  writeFileSync(fresh, JSON.stringify({ offsetMs }));
  renameSync(fresh, file);
}

function invalid(file: string, problem: string): SimulatorError {
  return new SimulatorError(
    'simulator.clock-invalid',
    `The market clock at ${file} cannot be used: ${problem}.`,
    'Begin a new rehearsal with a new clock file.',
  );
}
