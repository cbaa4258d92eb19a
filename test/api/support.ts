import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { stringify } from 'yaml';
import { instant, systemClock } from '../../base/index.ts';
import { type Config, loadConfig } from '../../config/index.ts';
import { startPostgres } from '../../services/index.ts';
import * as story from '../../simulator/scenario.ts';
import { createStore, migrate } from '../../store/index.ts';
import {
  addDays,
  encode,
  encodeBase64,
  generateKeyPair,
  type MessageDraft,
  periodOf,
  type Role,
  seal,
  type SecretKey,
  writeSignedMessage,
} from '../../uftp/index.ts';

export const OPERATOR_TOKEN = 'the-operators-token';
export const AUTHORIZED = { authorization: `Bearer ${OPERATOR_TOKEN}` };

export const dsoKey = generateKeyPair().secretKey;
export const agrKey = generateKeyPair().secretKey;
const croKey = generateKeyPair().secretKey;
const barredKey = generateKeyPair().secretKey;

/** A PostgreSQL of its own, migrated: for tests that take it down, too. */
export async function startDatabase(dataDir?: string, port?: number) {
  const postgres = await startPostgres({
    ...(dataDir !== undefined && { dataDir }),
    ...(port !== undefined && { port }),
  });
  await migrate(postgres.url);
  const store = createStore({ url: postgres.url });
  return {
    url: postgres.url,
    store,
    async stop() {
      await store.close();
      await postgres.stop();
    },
  };
}

/** The standard story's configuration: one DSO, one that is barred, one CRO. */
export async function testConfig(
  overrides: { dsoEndpoint?: string; maxBodyBytes?: number } = {},
): Promise<Config> {
  const folder = await mkdtemp(join(tmpdir(), 'flexor-api-'));
  const endpoint = overrides.dsoEndpoint ?? 'http://127.0.0.1:9/';
  const dso = {
    role: 'DSO',
    endpoint,
    market: { ...story.market },
    baseline: { reference: story.BASELINE_REFERENCE },
  };
  const settings = {
    identity: { domain: story.AGR_DOMAIN, signingKey: { env: 'SIGNING_KEY' } },
    uftp: { port: 1, maxBodyBytes: overrides.maxBodyBytes ?? 1024 * 1024 },
    operator: { port: 2, token: { env: 'OPERATOR_TOKEN' } },
    participants: [
      { domain: story.DSO_DOMAIN, publicKeys: [dsoKey.publicKey.toString()], ...dso },
      { domain: 'barred.example.com', publicKeys: [barredKey.publicKey.toString()], barred: true, ...dso },
      {
        domain: story.CRO_DOMAIN,
        role: 'CRO',
        endpoint,
        publicKeys: [croKey.publicKey.toString()],
        timeZone: story.market.timeZone,
      },
    ],
    portfolio: { connections: story.connections.map(({ id }) => ({ id, from: '2020-01-01' })) },
    contracts: [{ ...story.contract, dso: story.DSO_DOMAIN }],
  };
  const file = join(folder, 'flexor.yaml');
  await writeFile(file, stringify(settings));
  const config = loadConfig(file, {
    SIGNING_KEY: agrKey.reveal(),
    OPERATOR_TOKEN,
  });
  await rm(folder, { recursive: true });
  // Any free port: the file's own checks ask for a real one.
  return { ...config, uftp: { ...config.uftp, port: 0 }, operator: { ...config.operator, port: 0 } };
}

/** A log that is kept, line by line. */
export function recordingLog() {
  const lines: Record<string, unknown>[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  return { log, lines };
}

export interface Signer {
  domain?: string;
  role?: Role;
  key?: SecretKey;
}

/** A payload, sealed and wrapped as its sender would. */
export function wrapped(payload: Uint8Array, signer: Signer = {}): Uint8Array {
  const { domain = story.DSO_DOMAIN, role = 'DSO', key = dsoKey } = signer;
  const Body = encodeBase64(seal(payload, key));
  return writeSignedMessage({ SenderDomain: domain, SenderRole: role, Body });
}

export const signed = (draft: MessageDraft, signer?: Signer): Uint8Array => wrapped(encode(draft), signer);

export const byBarred: Signer = { domain: 'barred.example.com', key: barredKey };

function envelope(from: string = story.DSO_DOMAIN) {
  return {
    Version: '3.1.0',
    SenderDomain: from,
    RecipientDomain: story.AGR_DOMAIN,
    TimeStamp: instant(systemClock),
    MessageID: randomUUID(),
    ConversationID: randomUUID(),
  };
}

export function testMessage(
  overrides: Partial<MessageDraft<'TestMessage'>> = {},
): MessageDraft<'TestMessage'> {
  return { type: 'TestMessage', ...envelope(), ...overrides };
}

export function flexRequest(
  overrides: Partial<MessageDraft<'FlexRequest'>> = {},
): MessageDraft<'FlexRequest'> {
  const tomorrow = addDays(periodOf(instant(systemClock), story.market.timeZone), 1);
  return {
    type: 'FlexRequest',
    ...envelope(),
    ISPDuration: story.market.ispDuration,
    TimeZone: story.market.timeZone,
    Period: tomorrow,
    CongestionPoint: story.congestionPoint.entityAddress,
    Revision: 1,
    ExpirationDateTime: `${tomorrow}T00:00:00Z`,
    ContractID: story.contract.id,
    ISP: [{ Start: 60, Duration: 8, Disposition: 'Requested', MinPower: -6000, MaxPower: -4000 }],
    ...overrides,
  };
}

export function flexOrder(overrides: Partial<MessageDraft<'FlexOrder'>> = {}): MessageDraft<'FlexOrder'> {
  const { Revision: _r, ExpirationDateTime: _e, ISP: _i, ...common } = flexRequest();
  return {
    ...common,
    type: 'FlexOrder',
    FlexOfferMessageID: randomUUID(),
    Price: '12.00',
    Currency: 'EUR',
    OrderReference: randomUUID(),
    OptionReference: '1',
    BaselineReference: story.BASELINE_REFERENCE,
    ISP: [{ Start: 60, Duration: 8, Power: -4000 }],
    ...overrides,
  };
}

/** Posts as a counterparty does. */
export function post(url: string, body: Uint8Array, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'text/xml; charset=utf-8', ...headers },
    body: body as Uint8Array<ArrayBuffer>,
  });
}

/** Waits until a condition holds; the test's own time limit ends a vain wait. */
export async function until<T>(
  condition: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  for (;;) {
    const found = await condition();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export { story };
