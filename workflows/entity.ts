import {
  CancellationScope,
  condition,
  defineSignal,
  defineUpdate,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import { ApplicationFailure, isCancellation } from '@temporalio/workflow';
import type { MessageType } from '../uftp/index.ts';
import { RECEIVE } from './ids.ts';
import type { Inbound } from './inbound.ts';

/** What every workflow is started with that a message starts. */
export interface Start {
  /** When the message that starts it was acknowledged (UTC). */
  readonly startedAt: string;
}

/** A received message enters here; the call returns once it stands in the workflow's history. */
export const receive = defineUpdate<void, [Inbound]>(RECEIVE);

/** Another workflow, or an activity, tells this one something. */
export const tell = defineSignal<[unknown]>('tell');

/**
 * The mailbox of a workflow: whatever comes in waits in line, and one loop takes it out, so that one
 * transition happens at a time. To be created before the first await, or early messages are refused.
 */
export class Mailbox<Event> {
  readonly #waiting: Event[] = [];
  #failure: unknown;
  #alarm: { readonly at: string; readonly scope: CancellationScope; rung: boolean } | undefined;
  #updates = 0;

  /** Takes in messages of these types; others are refused before they leave a trace in the history. */
  acceptMessages(types: readonly MessageType[], take: (inbound: Inbound) => Event | undefined): void {
    setHandler(
      receive,
      (inbound) => {
        this.countUpdate();
        const event = take(inbound);
        if (event !== undefined) this.put(event);
      },
      {
        validator: (inbound) => {
          if (types.includes(inbound.type)) return;
          throw ApplicationFailure.nonRetryable(
            `This workflow does not take a ${inbound.type}.`,
            'workflows.message-not-taken',
          );
        },
      },
    );
  }

  /** Takes in what other workflows tell. */
  acceptTold(take: (told: unknown) => Event | undefined): void {
    setHandler(tell, (told) => {
      const event = take(told);
      if (event !== undefined) this.put(event);
    });
  }

  put(event: Event): void {
    this.#waiting.push(event);
  }

  /** Runs work beside the loop; what it returns comes in like any other event. */
  run(work: Promise<Event | undefined>): void {
    work.then(
      (event) => {
        if (event !== undefined) this.put(event);
      },
      (failure: unknown) => {
        this.#failure ??= failure;
      },
    );
  }

  /** The next event; undefined when `until` (UTC), or `unless`, comes first. */
  async next(until?: string, unless: () => boolean = () => false): Promise<Event | undefined> {
    const late = until !== undefined && Date.parse(until) <= Date.now();
    if (!late) {
      if (this.isEmpty) this.#setAlarm(until);
      await condition(
        () => !this.isEmpty || this.#failure !== undefined || this.#alarm?.rung === true || unless(),
      );
    }
    if (this.#failure !== undefined) throw this.#failure;
    return this.#waiting.shift();
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** How many events wait in line. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** How many updates were taken in: Temporal takes a limited number of them in one run. */
  get updates(): number {
    return this.#updates;
  }

  countUpdate(): void {
    this.#updates += 1;
  }

  /** Everything that waits, in its order, for the next run of the workflow. */
  drain(): Event[] {
    return this.#waiting.splice(0);
  }

  /** One timer serves for as long as its instant stays: each costs events in the history. */
  #setAlarm(at: string | undefined): void {
    if (this.#alarm?.at === at && this.#alarm?.rung !== true) return;
    if (this.#alarm && !this.#alarm.rung) this.#alarm.scope.cancel();
    this.#alarm = undefined;
    if (at === undefined) return;
    const alarm = { at, scope: new CancellationScope(), rung: false };
    this.#alarm = alarm;
    alarm.scope
      .run(() => sleep(Math.max(1, Date.parse(at) - Date.now())))
      .then(
        () => {
          alarm.rung = true;
        },
        (failure: unknown) => {
          if (!isCancellation(failure)) this.#failure ??= failure;
        },
      );
  }
}

/**
 * No workflow acts before the instant at which its message was received: clocks of different machines differ,
 * and under a market clock that was moved this is where the workflow catches up.
 */
export async function notBefore(instant: string): Promise<void> {
  const wait = Date.parse(instant) - Date.now();
  if (wait > 0) await sleep(wait);
}

/** The present instant by the workflow's own clock (UTC). */
export const now = (): string => new Date().toISOString();
