import { z } from 'zod';
import { RELAXATIONS } from '../uftp/codec/relaxations.ts';
import type { RelaxationName } from '../uftp/definition/element.ts';
import { VERSIONS } from '../uftp/definition/version.ts';
import * as fields from './fields.ts';
import { Refusal, field } from './fields.ts';
import { connectionExtras, portfolioSettings } from './sections/portfolio.ts';
import { settlement } from './sections/settlement.ts';
import { fileRef, secretRef } from './secrets.ts';
import { alerts } from './sections/alerts.ts';
import { asset } from './sections/assets.ts';
import { baseline, forecast, forecasts } from './sections/baseline.ts';
import { contract } from './sections/contracts.ts';
import { dispatch, dispatches } from './sections/dispatch.ts';
import { market } from './sections/market.ts';
import { metering } from './sections/metering.ts';
import { strategies, strategy } from './sections/strategy.ts';

const MEBIBYTE = 1024 * 1024;

const identity = z.strictObject({
  domain: fields.domain,
  role: fields.choice(['AGR']).default('AGR'),
  signingKey: secretRef,
});

const uftp = z.strictObject({
  host: fields.text.default('127.0.0.1'),
  port: fields.port.default(8080),
  path: fields.path.default('/shapeshifter/api/v3/message'),
  maxBodyBytes: fields.wholeNumber('bytes', 1024, 256 * MEBIBYTE).default(16 * MEBIBYTE),
  rateLimit: z
    .strictObject({
      perSecond: fields.wholeNumber('messages a second', 1, 100_000).default(50),
      burst: fields.wholeNumber('messages', 1, 1_000_000).default(200),
    })
    .prefault({}),
});

const operator = z.strictObject({
  host: fields.text.default('127.0.0.1'),
  port: fields.port.default(8081),
  token: secretRef,
});

const relaxations = field((value): 'all' | RelaxationName[] | Refusal => {
  if (value === 'all') return value;
  const names = RELAXATIONS.map(({ name }) => name);
  const remedy = `Write all, or a list out of: ${names.join(', ')}; [] tolerates nothing.`;
  if (!Array.isArray(value)) return new Refusal('This is neither all nor a list.', remedy);
  const chosen = names.filter((name) => value.includes(name));
  return chosen.length === new Set(value).size ? chosen : new Refusal('A name is unknown.', remedy);
});

const delivery = z.strictObject({
  window: fields.duration.default('PT1H'),
  timeout: fields.duration.default('PT30S'),
  replyWithin: fields.duration.default('PT4H'),
});

/** OAuth 2.0 client credentials, for participants or brokers that want a token with each message. */
const oauth = z.strictObject({
  tokenUrl: fields.endpoint,
  clientId: fields.text,
  clientSecret: secretRef,
  scope: fields.text.optional(),
});

/** Authorities trusted instead of the public ones, and our own certificate (mutual TLS). All PEM. */
const tls = z.strictObject({
  ca: fileRef.optional(),
  cert: fileRef.optional(),
  key: secretRef.optional(),
});

/** What a participant of any role has. */
const counterparty = {
  domain: fields.domain,
  endpoint: fields.endpoint,
  allowHttp: fields.flag.default(false),
  publicKeys: z.array(fields.publicKey).min(1).max(2),
  version: fields.choice(VERSIONS).default('3.1.0'),
  barred: fields.flag.default(false),
  relaxations: relaxations.default('all'),
  clockTolerance: fields.duration.default('PT5S'),
  delivery: delivery.prefault({}),
  tls: tls.optional(),
  oauth: oauth.optional(),
};

const dso = z.strictObject({
  role: z.literal('DSO'),
  ...counterparty,
  market,
  baseline,
  settlement: settlement.prefault({}),
  metering,
});

const cro = z.strictObject({ role: z.literal('CRO'), ...counterparty, timeZone: fields.timeZone });

/** A connection of the configuration, or of an import. */
export const connectionSchema = z.strictObject({
  id: fields.entityAddress,
  from: fields.day,
  to: fields.day.optional(),
  ...connectionExtras,
  assets: z.array(asset).default([]),
});

/** The whole configuration file. docs/configuration.md describes every field; a test holds the two together. */
export const configSchema = z.strictObject({
  identity,
  uftp: uftp.prefault({}),
  operator,
  dataDir: fields.text.default('./flexor-data'),
  participants: z.array(z.discriminatedUnion('role', [dso, cro])).min(1),
  portfolio: z
    .strictObject({ connections: z.array(connectionSchema).default([]), ...portfolioSettings })
    .prefault({}),
  contracts: z.array(contract).default([]),
  strategy,
  strategies,
  forecast,
  forecasts,
  dispatch,
  dispatches,
  alerts,
});

/** A valid configuration file as read, defaults filled in. Durations are ISO 8601, money decimal strings, power W. */
export type Settings = z.output<typeof configSchema>;
export type Dso = z.output<typeof dso>;
export type Cro = z.output<typeof cro>;
export type Participant = Dso | Cro;
export type Connection = z.output<typeof connectionSchema>;
export type { Asset } from './sections/assets.ts';
export type { Contract } from './sections/contracts.ts';
export type { ManualStrategy, Strategy, WebhookStrategy } from './sections/strategy.ts';
export type Delivery = z.output<typeof delivery>;
