import {
  type Attribute,
  type Content,
  type Draft,
  type ElementDefinition,
  element,
  many,
  required,
  optional,
} from './element.ts';
import { scalar } from './scalar.ts';
import type { Role } from './version.ts';

/** What stands on every payload message (UFTP, "Common message metadata"). */
const envelope = {
  Version: required(scalar.version, 'Version of the protocol this message follows.'),
  SenderDomain: required(
    scalar.domain,
    'Internet domain of the sender; equal to the one on the SignedMessage.',
  ),
  RecipientDomain: required(scalar.domain, 'Internet domain of the intended recipient.'),
  TimeStamp: required(scalar.dateTime, 'When the message was created.'),
  MessageID: required(scalar.uuid, 'New for every message; a repeated delivery keeps it.'),
  ConversationID: required(scalar.uuid, 'Shared by all messages of one conversation.'),
} as const;

/** What stands on every message that concerns the ISPs of one day at one congestion point. */
const flex = {
  'ISP-Duration': required(scalar.duration, 'Length of one ISP in minutes, e.g. PT15M; fixed for a market.'),
  TimeZone: required(scalar.timeZone, "The market's time zone; judged by its UTC offset."),
  Period: required(scalar.day, 'The local day the ISPs belong to.'),
  CongestionPoint: required(scalar.entityAddress, 'The congestion point concerned.'),
} as const;

/** What stands on every response. */
const response = {
  Result: required(scalar.result, 'Whether the referenced message was accepted.'),
  RejectionReason: optional(scalar.text, 'Why it was rejected; several reasons are joined with a semicolon.'),
} as const;

/** Which kind of message a definition describes. */
export type MessageKind = 'request' | 'response';

/** One message of the protocol: the single source of its type, codec, schema check and reference page. */
export interface MessageDefinition extends ElementDefinition {
  /** The XML element's name, as the spec spells it. */
  readonly name: string;
  readonly kind: MessageKind;
  /** Who sends it to whom. `any` stands for every role (TestMessage). */
  readonly route: { readonly from: Role | 'any'; readonly to: Role | 'any' };
  /** The name of the message that answers this one. */
  readonly answeredBy?: string;
  /** The attribute that names the message this one answers; the next major calls it ReferenceMessageID. */
  readonly answers?: { readonly message: string; readonly attribute: string };
  /** One sentence for the generated reference. */
  readonly doc: string;
}

type Attributes = ElementDefinition['attributes'];
type Children = ElementDefinition['children'];

interface Facts<Name extends string> {
  readonly name: Name;
  readonly from: Role | 'any';
  readonly to: Role | 'any';
  readonly doc: string;
}

/** A message that carries only the common metadata and what is named here. */
export function request<
  const Name extends string,
  const A extends Attributes = Record<never, never>,
  const C extends Children = Record<never, never>,
>(facts: Facts<Name> & { answeredBy?: string }, attributes: A = {} as A, children: C = {} as C) {
  return {
    name: facts.name,
    kind: 'request' as const,
    route: { from: facts.from, to: facts.to },
    ...(facts.answeredBy !== undefined && { answeredBy: facts.answeredBy }),
    doc: facts.doc,
    ...element({ ...envelope, ...attributes }, children),
  };
}

/** A message about the ISPs of one day at one congestion point. */
export function flexMessage<const Name extends string, const A extends Attributes, const C extends Children>(
  facts: Facts<Name> & { answeredBy: string },
  attributes: A,
  children: C,
) {
  return request(facts, { ...flex, ...attributes }, children);
}

/** A message with a Result that refers back to the message it answers. */
export function responseTo<
  const Name extends string,
  const Reference extends string,
  const A extends Attributes = Record<never, never>,
  const C extends Children = Record<never, never>,
>(
  facts: Facts<Name> & { answers: string; reference: Reference },
  attributes: A = {} as A,
  children: C = {} as C,
) {
  const reference = {
    [facts.reference]: required(scalar.uuid, `MessageID of the ${facts.answers} that this answers.`),
  } as Record<Reference, Attribute<string, true, false>>;
  return {
    name: facts.name,
    kind: 'response' as const,
    route: { from: facts.from, to: facts.to },
    answers: { message: facts.answers, attribute: facts.reference },
    doc: facts.doc,
    ...element({ ...envelope, ...response, ...reference, ...attributes }, children),
  };
}

export { envelope, response, many };

/** A decoded message: what stood in the XML, plus its name. */
export type MessageOf<D extends MessageDefinition> = { readonly type: D['name'] } & Readonly<Content<D>>;
/** A message to be encoded: attributes with a default may be left out. */
export type DraftOf<D extends MessageDefinition> = { readonly type: D['name'] } & Readonly<Draft<D>>;
