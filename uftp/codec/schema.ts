import { Unreadable } from '../definition/scalar.ts';
import type { AttributePlan, ElementPlan } from './plan.ts';
import type { XmlElement } from './xml-element.ts';

/** One deviation from the schema: where, and what is wrong there. */
export interface SchemaProblem {
  /** e.g. `FlexRequest/ISP[3]/@MinPower` */
  readonly at: string;
  readonly problem: string;
}

export type Json = Record<string, unknown>;

/** Problems are listed up to here; a document that is all wrong does not fill a log. */
const MOST_PROBLEMS = 20;

/** Collects problems on the way through a document. */
export class Problems {
  readonly list: SchemaProblem[] = [];

  report(at: string, problem: string): void {
    if (this.list.length < MOST_PROBLEMS) this.list.push({ at, problem });
  }
}

/** A name from a document, short enough for a sentence. */
export const shortName = (name: string): string => (name.length > 60 ? `${name.slice(0, 60)}…` : name);

/**
 * Reads an element by its plan: the plain JSON value, and every problem found on the way.
 * The value is complete only when there are no problems.
 */
export function readElement(xml: XmlElement, plan: ElementPlan): { value: Json; problems: SchemaProblem[] } {
  const problems = new Problems();
  const value = readInto(xml, plan, undefined, problems);
  return { value, problems: problems.list };
}

/** Where an element stands: its path is only spelled out for a problem. */
interface Place {
  readonly name: string;
  readonly index: number;
  readonly parent: Place | undefined;
}

const pathOf = ({ name, index, parent }: Place): string =>
  parent ? `${pathOf(parent)}/${name}[${index}]` : name;

function readInto(xml: XmlElement, plan: ElementPlan, place: Place | undefined, problems: Problems): Json {
  const here = place ?? { name: xml.name, index: 1, parent: undefined };
  const value: Json = {};
  let known = 0;
  for (const attribute of plan.attributes) {
    const text = xml.attributes[attribute.name];
    if (text !== undefined) known += 1;
    const read = readAttribute(attribute, text);
    if (read instanceof Unreadable) problems.report(`${pathOf(here)}/@${attribute.name}`, read.why);
    else if (read !== undefined) value[attribute.key] = read;
  }
  if (known < xml.attributeCount) {
    for (const name in xml.attributes) {
      if (!plan.attributeNames.has(name))
        problems.report(`${pathOf(here)}/@${shortName(name)}`, 'is not part of this element');
    }
  }
  readChildren(xml, plan, here, problems, value);
  return value;
}

const MISSING = new Unreadable('is missing');
const FOREIGN = new Unreadable('is not part of this version');

function readAttribute(attribute: AttributePlan, text: string | undefined): unknown {
  if (text === undefined) {
    if (attribute.presence === 'required') return MISSING;
    return attribute.presence === 'optional' ? attribute.fallback : undefined;
  }
  return attribute.presence === 'absent' ? FOREIGN : attribute.scalar.read(text);
}

/** The schema's sequence: each group in its place, each often enough. */
function readChildren(
  xml: XmlElement,
  plan: ElementPlan,
  here: Place,
  problems: Problems,
  value: Json,
): void {
  let next = 0;
  for (const child of plan.children) {
    const group: Json[] = [];
    while (xml.children[next]?.name === child.name) {
      const place = { name: child.name, index: group.length + 1, parent: here };
      group.push(readInto(xml.children[next]!, child.element, place, problems));
      next += 1;
    }
    if (group.length < child.least && !(child.mayBeMissing && group.length === 0))
      problems.report(`${pathOf(here)}/${child.name}`, 'is missing');
    if (group.length > child.most)
      problems.report(`${pathOf(here)}/${child.name}`, `stands there more than ${child.most} times`);
    value[child.key] = group;
  }
  const stray = xml.children[next];
  if (stray) problems.report(`${pathOf(here)}/${shortName(stray.name)}`, 'is not expected here');
}
