import {
  type AnyAttribute,
  type ElementDefinition,
  keyOf,
  type RelaxationName,
} from '../definition/element.ts';
import type { Scalar } from '../definition/scalar.ts';
import type { Version } from '../definition/version.ts';

/** Which schema applies: a version, and what is tolerated beyond it. */
export interface SchemaContext {
  readonly version: Version;
  readonly relaxations: ReadonlySet<RelaxationName>;
}

/** An attribute as one version and one set of relaxations see it. */
export interface AttributePlan {
  readonly name: string;
  readonly key: string;
  readonly scalar: Scalar<never>;
  readonly presence: 'required' | 'optional' | 'absent';
  readonly fallback: string | number | boolean | undefined;
}

/** A group of children as one version and one set of relaxations see it. */
export interface ChildPlan {
  readonly name: string;
  readonly key: string;
  readonly element: ElementPlan;
  readonly least: number;
  readonly most: number;
  readonly mayBeMissing: boolean;
}

/** An element definition made ready for one version and one set of relaxations. */
export interface ElementPlan {
  readonly attributes: readonly AttributePlan[];
  readonly attributeNames: ReadonlySet<string>;
  readonly children: readonly ChildPlan[];
  /** Every key the JSON form may have. */
  readonly keys: ReadonlySet<string>;
}

const plans = new WeakMap<ElementDefinition, Map<string, ElementPlan>>();

/** The plan of a definition, made once for each version and set of relaxations. */
export function planOf(definition: ElementDefinition, context: SchemaContext): ElementPlan {
  const known = plans.get(definition) ?? new Map<string, ElementPlan>();
  plans.set(definition, known);
  const key = [context.version, ...[...context.relaxations].sort()].join(' ');
  const plan = known.get(key) ?? makePlan(definition, context);
  known.set(key, plan);
  return plan;
}

function makePlan(definition: ElementDefinition, context: SchemaContext): ElementPlan {
  const attributes = Object.entries(definition.attributes).map(([name, attribute]) =>
    planAttribute(name, attribute, context),
  );
  const children = Object.entries(definition.children).map(([name, child]) => ({
    name,
    key: keyOf(name),
    element: planOf(child.element, context),
    least: child.least,
    most: child.most,
    mayBeMissing:
      child.least === 0 || (child.relaxed !== undefined && context.relaxations.has(child.relaxed)),
  }));
  return {
    attributes,
    attributeNames: new Set(attributes.map(({ name }) => name)),
    children,
    keys: new Set([...attributes, ...children].map(({ key }) => key)),
  };
}

function planAttribute(name: string, attribute: AnyAttribute, context: SchemaContext): AttributePlan {
  const { relaxed, widened, fallback } = attribute;
  const presence =
    relaxed !== undefined && context.relaxations.has(relaxed)
      ? 'optional'
      : attribute.presence[context.version];
  return {
    name,
    key: keyOf(name),
    scalar: (widened && context.relaxations.has(widened.by) ? widened : attribute).scalar as Scalar<never>,
    presence,
    fallback,
  };
}
