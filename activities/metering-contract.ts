/** A day whose meter readings one DSO is told of. */
export interface MeteredDayKey {
  readonly dso: string;
  readonly period: string;
}

/** How far the Metering messages of a day are. */
export interface MeteringStanding {
  /** Whether messages are to be sent now. */
  readonly due: boolean;
  /** Messages that wait for an answer. */
  readonly pending: number;
  /** When the longest waiting one has waited long enough (UTC). */
  readonly checkAt?: string;
  /** One line for people. */
  readonly text: string;
}

/** A MeteringResponse: the step under which the message it answers was sent, and the verdict. */
export interface MeteringAnswer {
  readonly step: string;
  readonly accepted: boolean;
  readonly reason?: string;
}

/** Everything the metering workflows have done outside of themselves. */
export interface MeteringActivities {
  /** Sends the next messages that are due of a day, a bounded number of them. */
  sendDueMeterings(day: MeteredDayKey): Promise<MeteringStanding>;
  /** Keeps what a DSO answered; a message that it knows a higher revision of is due again. */
  takeMeteringAnswers(
    input: MeteredDayKey & { answers: readonly MeteringAnswer[] },
  ): Promise<MeteringStanding>;
  /** Sends messages without an answer once more, byte for byte, and gives up those that had that already. */
  chaseMeterings(day: MeteredDayKey): Promise<MeteringStanding>;
  /** The days of which a DSO is to be told something; and raises what is missing for its settlements. */
  meteringDays(input: { dso: string }): Promise<readonly string[]>;
}
