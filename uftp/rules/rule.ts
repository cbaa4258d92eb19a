import type { Role, Version } from '../definition/version.ts';
import type { Message, MessageType } from '../messages/index.ts';
import type { Knowledge } from './knowledge.ts';
import type { Rounding } from './order-match.ts';

/** The constants of a market, which messages repeat only so that they can be checked. */
export interface Market {
  /** Length of one ISP, e.g. PT15M. */
  readonly ISPDuration: string;
  /** IANA name of the zone in which days are meant, e.g. Europe/Amsterdam. */
  readonly TimeZone: string;
  /** How far a partial order may be from the exactly scaled offer; absent: by one of the last digit. */
  readonly rounding?: Rounding;
}

/** What a message is judged in: the moment, the market, the wrapper it came in, and what is known. */
export interface RuleContext {
  /** The instant of receipt (UTC), or of sending for what is sent: however late the judging happens. */
  readonly now: string;
  /** Absent: the message's own ISP-Duration and TimeZone are taken, and what has none is not judged by them. */
  readonly market?: Market;
  /** The versions spoken here; absent means all. */
  readonly versions?: readonly Version[];
  /** What the SignedMessage said about the sender; absent where the message came without one. */
  readonly wrapper?: { readonly SenderDomain: string; readonly SenderRole: Role };
  /** The role in which the message is received; absent where it could be any. */
  readonly recipientRole?: Role;
  /** Digest of the payload's bytes, in the form `knowledge.submissions` uses. */
  readonly digest?: string;
  readonly knowledge?: Partial<Knowledge>;
}

type Knowing<K extends keyof Knowledge> = RuleContext & { readonly knowledge: Pick<Knowledge, K> };

/** False where the rule is kept. A text says what exactly breaks it, for logs and people. */
export type Verdict = boolean | string;

/** The rejection text of each version; `next` is the wording of the coming major version. */
export type Texts = Readonly<Record<Version | 'next', string>>;

/** One rule of the protocol. A message that breaks it is rejected with the rule's text. */
export interface Rule<Name extends string = string> {
  /** Stable and kebab-case; names what is wrong. */
  readonly name: Name;
  readonly messages: readonly MessageType[];
  /** Completes the sentence "rejected when …". */
  readonly when: string;
  /** `{reference}` stands for the attribute that names the answered message. */
  readonly text: Texts;
  /** Where the protocol says so; "own rule" where it leaves the rule to its reader. */
  readonly cites: string;
  /** Rules whose breach makes this one meaningless: it is then left out. */
  readonly presumes: readonly string[];
  /** What it asks; empty for rules on the message alone. */
  readonly knows: readonly (keyof Knowledge)[];
  breaks(message: Message, context: RuleContext): Verdict | Promise<Verdict>;
}

/** A rule on the message alone is judged at once. */
export interface AloneRule<Name extends string = string> extends Rule<Name> {
  breaks(message: Message, context: RuleContext): Verdict;
}

interface Facts<Name extends string, T extends MessageType> {
  readonly name: Name;
  readonly messages: readonly T[];
  readonly when: string;
  /** One text for every version, or the 3.x text and the next major's. */
  readonly text: string | { readonly '3.x': string; readonly next: string };
  readonly cites: string;
  readonly presumes?: readonly string[];
}

/** A rule on the message, the moment and the market's constants alone. It sees only its own message types. */
export function alone<const Name extends string, const T extends MessageType>(
  facts: Facts<Name, T> & { breaks(message: Message<T>, context: RuleContext): Verdict },
): AloneRule<Name> {
  return { presumes: [], ...facts, text: textsOf(facts.text), knows: [] } as unknown as AloneRule<Name>;
}

/** A rule that needs knowledge; it is judged only where all it asks for is given. */
export function knowing<
  const Name extends string,
  const T extends MessageType,
  const K extends keyof Knowledge,
>(
  facts: Facts<Name, T> & {
    readonly knows: readonly K[];
    breaks(message: Message<T>, context: Knowing<K>): Promise<Verdict>;
  },
): Rule<Name> {
  return { presumes: [], ...facts, text: textsOf(facts.text) } as unknown as Rule<Name>;
}

function textsOf(text: Facts<string, never>['text']): Texts {
  const { '3.x': today, next } = typeof text === 'string' ? { '3.x': text, next: text } : text;
  return { '3.0.0': today, '3.1.0': today, next };
}
