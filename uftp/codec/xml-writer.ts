import { XMLBuilder } from 'fast-xml-parser';

/** An element in the builder's ordered shape: its children under its name, its escaped attributes beside them. */
export interface XmlNode {
  readonly [name: string]: readonly XmlNode[] | Record<string, string>;
}

export function xmlNode(name: string, attributes: Record<string, string>, children: XmlNode[]): XmlNode {
  return { [name]: children, ':@': attributes };
}

const builder = new XMLBuilder({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  suppressEmptyNode: true,
  suppressBooleanAttributes: false,
  processEntities: false,
});

/** Writes an element as UTF-8: no XML declaration, no white space between elements. */
export function writeXml(node: XmlNode): Uint8Array {
  return Buffer.from(builder.build([node]) as string, 'utf8');
}
