import { XMLBuilder } from 'fast-xml-parser';

/** An element in the shape the builder takes: `@` before attribute names, children as arrays by name. */
export interface XmlNode {
  [name: string]: string | XmlNode[];
}

const builder = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  suppressEmptyNode: true,
  suppressBooleanAttributes: false,
  processEntities: false,
});

/** Writes an element as UTF-8: no XML declaration, no white space between elements. Values stand escaped. */
export function writeXml(name: string, node: XmlNode): Uint8Array {
  return Buffer.from(builder.build({ [name]: node }) as string, 'utf8');
}
