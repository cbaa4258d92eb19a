import { type ElementDefinition, keyOf, type RelaxationName } from '../definition/element.ts';
import { Unreadable } from '../definition/scalar.ts';
import type { Version } from '../definition/version.ts';
import type { XmlElement } from './xml-reader.ts';

/** One deviation from the schema: where, and what is wrong there. */
export interface SchemaProblem {
  /** e.g. `FlexRequest/ISP[3]/@MinPower` */
  readonly at: string;
  readonly problem: string;
}

/** What a schema check needs to know. */
export interface SchemaContext {
  readonly version: Version;
  readonly relaxations: ReadonlySet<RelaxationName>;
}

type Json = Record<string, unknown>;

/** Problems are listed up to here; a document that is all wrong does not fill a log. */
const MOST_PROBLEMS = 20;

/**
 * Reads an element by its definition: the plain JSON value, and every problem found on the way.
 * The value is complete only when there are no problems.
 */
export function readElement(
  xml: XmlElement,
  definition: ElementDefinition,
  context: SchemaContext,
): { value: Json; problems: SchemaProblem[] } {
  const problems: SchemaProblem[] = [];
  const value = readInto(xml, definition, context, xml.name, problems);
  return { value, problems };
}

function readInto(
  xml: XmlElement,
  definition: ElementDefinition,
  context: SchemaContext,
  path: string,
  problems: SchemaProblem[],
): Json {
  const value: Json = {};
  const report = (at: string, problem: string): void => {
    if (problems.length < MOST_PROBLEMS) problems.push({ at, problem });
  };

  for (const [name, attribute] of Object.entries(definition.attributes)) {
    const text = xml.attributes[name];
    const presence = attribute.presence[context.version];
    const relaxed = attribute.relaxed !== undefined && context.relaxations.has(attribute.relaxed);
    if (text === undefined) {
      if (attribute.fallback !== undefined && (presence === 'optional' || relaxed)) {
        value[keyOf(name)] = attribute.fallback;
      } else if (presence === 'required' && !relaxed) report(`${path}/@${name}`, 'is missing');
      continue;
    }
    if (presence === 'absent' && !relaxed) {
      report(`${path}/@${name}`, `is not part of version ${context.version}`);
      continue;
    }
    const read = attribute.scalar.read(text);
    if (read instanceof Unreadable) report(`${path}/@${name}`, read.why);
    else value[keyOf(name)] = read;
  }
  for (const name in xml.attributes) {
    if (!Object.hasOwn(definition.attributes, name))
      report(`${path}/@${name}`, 'is not part of this element');
  }
  readChildren(xml, definition, context, path, problems, value, report);
  return value;
}

/** The schema's sequence: each group in its place, each often enough. */
function readChildren(
  xml: XmlElement,
  definition: ElementDefinition,
  context: SchemaContext,
  path: string,
  problems: SchemaProblem[],
  value: Json,
  report: (at: string, problem: string) => void,
): void {
  let next = 0;
  for (const [name, child] of Object.entries(definition.children)) {
    const group: Json[] = [];
    while (xml.children[next]?.name === name) {
      const at = `${path}/${name}[${group.length + 1}]`;
      group.push(readInto(xml.children[next]!, child.element, context, at, problems));
      next += 1;
    }
    const relaxed = child.relaxed !== undefined && context.relaxations.has(child.relaxed);
    if (group.length < child.least && !(relaxed && group.length === 0))
      report(`${path}/${name}`, 'is missing');
    if (group.length > child.most) report(`${path}/${name}`, `stands there more than ${child.most} times`);
    value[keyOf(name)] = group;
  }
  const stray = xml.children[next];
  if (stray) report(`${path}/${stray.name.slice(0, 60)}`, 'is not expected here');
}
