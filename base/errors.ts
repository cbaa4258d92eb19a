/**
 * The one error family. Every error Flexor raises on purpose carries a stable code, a sentence a person
 * understands, and what to do about it. Rooms declare their codes as a union and subclass this.
 */
export class FlexorError<Code extends string = string> extends Error {
  /** Stable, dotted and lower case: `room.what-went-wrong`. Never renamed once released. */
  readonly code: Code;
  /** What the reader can do about it. */
  readonly remedy: string;
  /** Facts for logs and problem details. Never bodies, keys or tokens. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: Code,
    message: string,
    remedy: string,
    options: { cause?: unknown; details?: Record<string, unknown> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.remedy = remedy;
    this.details = options.details ?? {};
  }
}

/** The message of anything thrown, for logs; the stack stays where it is. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
