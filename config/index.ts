/** The configuration: one YAML file and a few environment variables, checked at start, secrets read when needed. */
export { VARIABLES } from './environment.ts';
export { ConfigError, type ConfigErrorCode, type Problem } from './errors.ts';
export { exampleConfig } from './example.ts';
export { type Config, loadConfig, secretsOf } from './load.ts';
export type {
  Asset,
  Connection,
  Contract,
  Cro,
  Delivery,
  Dso,
  ManualStrategy,
  Participant,
  Settings,
  Strategy,
  WebhookStrategy,
} from './schema.ts';
export { contractBook, type ContractBook } from './contract-book.ts';
export { coversDay, isAbout, mayCall, releaseDeadline, scheduledPower } from './contract-day.ts';
export { completeTerms, contractBody, type ContractTerms } from './sections/contracts.ts';
export { connectionSchema } from './schema.ts';
export type { AlertWebhook } from './sections/alerts.ts';
export type { DispatchSettings, WebhookDispatch } from './sections/dispatch.ts';
export type { ForecastSource, WebhookForecast } from './sections/baseline.ts';
export { type MeteringSettings, PROFILE_TYPES } from './sections/metering.ts';
export type { Environment, SecretRef } from './secrets.ts';
