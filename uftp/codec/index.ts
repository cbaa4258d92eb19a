export { decode, type DecodeOptions } from './decode.ts';
export { encode, type EncodeOptions } from './encode.ts';
export { ALL_RELAXATIONS, type Relaxation, RELAXATIONS, STRICT } from './relaxations.ts';
export type { SchemaProblem } from './schema.ts';
export {
  readSignedMessage,
  SIGNED_MESSAGE,
  type SignedMessage,
  writeSignedMessage,
} from './signed-message.ts';
export { DEFAULT_LIMITS, type XmlLimits } from './xml-limits.ts';
