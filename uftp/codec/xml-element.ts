/** An element as it stood in the document. Attribute records have no prototype. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly attributeCount: number;
  readonly children: readonly XmlElement[];
}
