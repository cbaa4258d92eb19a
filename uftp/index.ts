/**
 * `flexor/uftp`: the UFTP / Shapeshifter protocol, versions 3.0.0 and 3.1.0, on its own.
 */
export { type Clock, FlexorError, systemClock } from '../base/index.ts';
export * from './calendar/index.ts';
export * from './codec/index.ts';
export {
  type Content,
  type Draft,
  type ElementDefinition,
  type RelaxationName,
} from './definition/element.ts';
export { type MessageDefinition } from './definition/message.ts';
export { isVersion, type Role, ROLES, type Version, VERSIONS } from './definition/version.ts';
export * from './discovery/index.ts';
export { UftpError, type UftpErrorCode } from './errors.ts';
export * from './messages/index.ts';
export * from './rules/index.ts';
export { sampleOf, type SampleSource } from './samples/index.ts';
export * from './signing/index.ts';
export * from './transport/index.ts';
