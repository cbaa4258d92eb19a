import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';
import { RELAXATIONS } from '../uftp/codec/relaxations.ts';
import type { RelaxationName } from '../uftp/definition/element.ts';
import { VERSIONS } from '../uftp/definition/version.ts';
import * as fields from './fields.ts';
import { Refusal, field } from './fields.ts';
import { connectionExtras, portfolioSettings } from './sections/portfolio.ts';
import { fileRef, secretRef } from './secrets.ts';
import { alerts } from './sections/alerts.ts';
import { baseline, forecast, forecasts } from './sections/baseline.ts';
import { contract } from './sections/contracts.ts';
import { dispatch, dispatches } from './sections/dispatch.ts';
import { market } from './sections/market.ts';

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
  settlement: z
    .strictObject({
      powerToleranceW: fields.power.default(0),
      amountTolerance: fields.nonNegativeAmount.default('0.00'),
    })
    .prefault({}),
});

const cro = z.strictObject({ role: z.literal('CRO'), ...counterparty, timeZone: fields.timeZone });

const asset = z.strictObject({
  name: fields.text,
  kind: fields.text.optional(),
  canReduceW: fields.power.default(0),
  canIncreaseW: fields.power.default(0),
  pricePerMWh: fields.price,
});

/** A connection of the configuration, or of an import. */
export const connectionSchema = z.strictObject({
  id: fields.entityAddress,
  from: fields.day,
  to: fields.day.optional(),
  ...connectionExtras,
  assets: z.array(asset).default([]),
});

/** What offers of any strategy have. */
const offerTerms = {
  offerValidity: fields.duration.default('PT2H'),
  minActivationFactor: fields.activationFactor.default('1.00'),
};

/** A decision is repeated from the start after two minutes, and a webhook may be asked twice in one. */
const LONGEST_DEADLINE = 30;

const deadline = fields.duration.default('PT10S').superRefine((value, context) => {
  if (Temporal.Duration.from(value).total('seconds') <= LONGEST_DEADLINE) return;
  context.addIssue({
    code: 'custom',
    message: `The deadline is longer than ${LONGEST_DEADLINE} seconds.`,
    params: { remedy: `Write at most PT${LONGEST_DEADLINE}S.` },
  });
});

/** How offers are made. `also`: what else stands beside the settings of the strategy. */
const strategyWith = <Also extends z.ZodRawShape>(also: Also) =>
  z.discriminatedUnion('kind', [
    z.strictObject({ ...also, kind: z.literal('merit-order'), ...offerTerms }),
    z.strictObject({
      ...also,
      kind: z.literal('webhook'),
      url: fields.endpoint,
      secret: secretRef,
      deadline,
      fallback: fields.choice(['merit-order', 'no-bid']).default('merit-order'),
      ...offerTerms,
    }),
    z.looseObject({
      ...also,
      ...offerTerms,
      kind: z.literal('manual').superRefine((_, context) =>
        context.addIssue({
          code: 'custom',
          message: 'Offers decided by an operator are not supported yet.',
          params: { remedy: 'Write merit-order, or webhook to have a system of yours decide.' },
        }),
      ),
    }),
  ]);

const strategyFor = z.strictObject({
  dso: fields.domain.optional(),
  congestionPoint: fields.entityAddress.optional(),
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
  strategy: strategyWith({}).prefault({ kind: 'merit-order' }),
  strategies: z.array(strategyWith({ for: strategyFor })).default([]),
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
export type Asset = z.output<typeof asset>;
export type { Contract } from './sections/contracts.ts';
export type Strategy = Settings['strategy'];
export type WebhookStrategy = Extract<Strategy, { kind: 'webhook' }>;
export type Delivery = z.output<typeof delivery>;
