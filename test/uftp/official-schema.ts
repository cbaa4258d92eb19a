import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { XmlDocument, XsdValidator } from 'libxml2-wasm';
import { xmlRegisterFsInputProviders } from 'libxml2-wasm/lib/nodejs.mjs';
import { type Version, VERSIONS } from '../../uftp/definition/version.ts';

/** Where the official schemas are looked for: they are not part of this repository. */
const FOLDER =
  process.env['FLEXOR_UFTP_XSD'] ??
  resolve(fileURLToPath(new URL('.', import.meta.url)), '../../../shared/uftp/xsd');

export const hasOfficialSchemas = VERSIONS.every((version) =>
  existsSync(resolve(FOLDER, version, 'UFTP-agr.xsd')),
);
export const whySkipped = `the official schemas are not in ${FOLDER}: set FLEXOR_UFTP_XSD to their folder`;

const validators = new Map<Version, XsdValidator>();

/** The schema of a version with all its messages, compiled once. */
function validatorOf(version: Version): XsdValidator {
  const known = validators.get(version);
  if (known) return known;
  xmlRegisterFsInputProviders();
  const everything = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
    <xs:include schemaLocation="UFTP-agr.xsd"/><xs:include schemaLocation="UFTP-cro-dso.xsd"/></xs:schema>`;
  const schema = XmlDocument.fromString(everything, { url: resolve(FOLDER, version, 'everything.xsd') });
  const validator = XsdValidator.fromDoc(schema);
  schema.dispose();
  validators.set(version, validator);
  return validator;
}

/** What libxml2 says against a document: undefined where the official schema takes it. */
export function officialVerdict(document: Uint8Array, version: Version): string | undefined {
  let parsed: XmlDocument | undefined;
  try {
    parsed = XmlDocument.fromBuffer(document);
    validatorOf(version).validate(parsed);
    return undefined;
  } catch (thrown) {
    return String(thrown).trim();
  } finally {
    parsed?.dispose();
  }
}
