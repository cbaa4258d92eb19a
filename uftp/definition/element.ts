import type { Scalar } from './scalar.ts';
import { type Version, VERSIONS } from './version.ts';

/** Whether an attribute must, may or must not stand on an element, in one version of the protocol. */
export type Presence = 'required' | 'optional' | 'absent';

/**
 * A deviation from the official schema that is tolerated in what is received, and sent only to a participant
 * whose profile asks for it. The list and its citations are in `uftp/codec/relaxations.ts`.
 */
export type RelaxationName =
  | 'portfolio-update-without-connection'
  | 'settlement-without-contract-settlement'
  | 'settlement-without-order-settlement'
  | 'settlement-without-result'
  | 'settlement-response-without-status'
  | 'query-response-without-view'
  | 'test-message-response-with-result'
  | 'metering-ean-of-18-digits';

/** An attribute: its type, and per version whether it stands there. */
export interface Attribute<
  T extends string | number | boolean,
  Always extends boolean,
  Filled extends boolean,
> {
  readonly scalar: Scalar<T>;
  readonly presence: Readonly<Record<Version, Presence>>;
  /** The schema's default: what a decoded message carries where the text had nothing. */
  readonly fallback?: T;
  /** Tolerated under this relaxation: missing although required, or there although absent. */
  readonly relaxed?: RelaxationName;
  /** The wider type that takes the place of `scalar` under a relaxation. */
  readonly widened?: { readonly by: RelaxationName; readonly scalar: Scalar<T> };
  /** One line for the generated reference. */
  readonly doc: string;
  /** Types only: whether every version requires it, and whether a default fills it. */
  readonly always?: Always;
  readonly filled?: Filled;
}

export type AnyAttribute =
  | Attribute<never, boolean, boolean>
  | Attribute<string, boolean, boolean>
  | Attribute<number, boolean, boolean>
  | Attribute<boolean, boolean, boolean>;

/** A repeating group, in the order of the schema's sequence. */
export interface Child<E extends ElementDefinition = ElementDefinition> {
  readonly element: E;
  readonly least: number;
  readonly most: number;
  /** Tolerated under this relaxation: none at all. */
  readonly relaxed?: RelaxationName;
}

/** What an XML element holds: attributes with scalar values, then groups of children, and never text. */
export interface ElementDefinition {
  readonly attributes: Readonly<Record<string, AnyAttribute>>;
  readonly children: Readonly<Record<string, Child>>;
}

const everywhere = (presence: Presence): Record<Version, Presence> =>
  Object.fromEntries(VERSIONS.map((version) => [version, presence])) as Record<Version, Presence>;

/** An attribute that every version requires. */
export function required<T extends string | number | boolean>(
  scalar: Scalar<T>,
  doc: string,
  relaxed?: RelaxationName,
): Attribute<T, true, false> {
  return { scalar, presence: everywhere('required'), doc, ...(relaxed && { relaxed }) };
}

/** An attribute that may be left out. */
export function optional<T extends string | number | boolean>(
  scalar: Scalar<T>,
  doc: string,
): Attribute<T, false, false> {
  return { scalar, presence: everywhere('optional'), doc };
}

/** An attribute that may be left out, and then has the schema's default. */
export function defaulted<T extends string | number | boolean>(
  scalar: Scalar<T>,
  fallback: T,
  doc: string,
): Attribute<T, false, true> {
  return { scalar, presence: everywhere('optional'), fallback, doc };
}

/** An attribute whose presence depends on the version. */
export function versioned<T extends string | number | boolean>(
  scalar: Scalar<T>,
  presence: Record<Version, Presence>,
  doc: string,
  relaxed?: RelaxationName,
): Attribute<T, false, false> {
  return { scalar, presence, doc, ...(relaxed && { relaxed }) };
}

/** An attribute whose values may be of a wider type under a relaxation. */
export function widened<T extends string | number | boolean, A extends boolean, F extends boolean>(
  attribute: Attribute<T, A, F>,
  by: RelaxationName,
  scalar: Scalar<T>,
): Attribute<T, A, F> {
  return { ...attribute, widened: { by, scalar } };
}

/** A group of children that stands there at least `least` times. */
export function many<E extends ElementDefinition>(
  element: E,
  bounds: { least?: number; most?: number; relaxed?: RelaxationName } = {},
): Child<E> {
  const { least = 1, most = Number.POSITIVE_INFINITY, relaxed } = bounds;
  return { element, least, most, ...(relaxed && { relaxed }) };
}

/** An element definition, as it is: this only fixes the type. */
export function element<const A extends ElementDefinition['attributes']>(
  attributes: A,
): { readonly attributes: A; readonly children: Record<never, never> };
export function element<
  const A extends ElementDefinition['attributes'],
  const C extends ElementDefinition['children'],
>(attributes: A, children: C): { readonly attributes: A; readonly children: C };
export function element(
  attributes: ElementDefinition['attributes'],
  children: ElementDefinition['children'] = {},
): ElementDefinition {
  return { attributes, children };
}

/** An attribute's or child's name in code: the spec's spelling without its hyphens. */
export type KeyOf<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${KeyOf<Tail>}`
  : Name;

export function keyOf<Name extends string>(name: Name): KeyOf<Name> {
  return name.replaceAll('-', '') as KeyOf<Name>;
}

type ValueOf<A> = A extends { readonly scalar: Scalar<infer T> } ? T : never;
type NamesWhere<A, Flag extends { always?: boolean; filled?: boolean }> = {
  [N in keyof A & string]: A[N] extends Flag ? N : never;
}[keyof A & string];

type AlwaysNames<A> = NamesWhere<A, { always?: true }>;
type FilledNames<A> = NamesWhere<A, { filled?: true }>;
type MaybeNames<A> = Exclude<keyof A & string, AlwaysNames<A> | FilledNames<A>>;
type Always<A, Names> = { [N in Names & keyof A & string as KeyOf<N>]: ValueOf<A[N]> };
type Maybe<A, Names> = { [N in Names & keyof A & string as KeyOf<N>]?: ValueOf<A[N]> | undefined };

/** A decoded element: required attributes and defaults are there, the rest may be. */
export type Content<E> = E extends { readonly attributes: infer A; readonly children: infer C }
  ? Always<A, AlwaysNames<A> | FilledNames<A>> & Maybe<A, MaybeNames<A>> & ContentOfChildren<C>
  : never;
type ContentOfChildren<C> = {
  [N in keyof C & string as KeyOf<N>]: C[N] extends { readonly element: infer E } ? Content<E>[] : never;
};

/** An element to be encoded: what has a default may be left out. */
export type Draft<E> = E extends { readonly attributes: infer A; readonly children: infer C }
  ? Always<A, AlwaysNames<A>> & Maybe<A, MaybeNames<A> | FilledNames<A>> & DraftOfChildren<C>
  : never;
type DraftOfChildren<C> = {
  [N in keyof C & string as KeyOf<N>]: C[N] extends { readonly element: infer E }
    ? readonly Draft<E>[]
    : never;
};
