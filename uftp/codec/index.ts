export { decode, type DecodeOptions } from './decode.ts';
export { encode } from './encode.ts';
export { ALL_RELAXATIONS, type Relaxation, RELAXATIONS, STRICT } from './relaxations.ts';
export type { SchemaProblem } from './schema.ts';
export { readSignedMessage, type SignedMessage, writeSignedMessage } from './signed-message.ts';
export { DEFAULT_LIMITS, type XmlLimits } from './xml-reader.ts';
