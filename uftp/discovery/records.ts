import { systemClock } from '../../base/clock.ts';
import type { Clock } from '../../base/clock.ts';
import { reasonOf } from '../../base/errors.ts';
import { isVersion } from '../definition/version.ts';
import type { Role, Version } from '../definition/version.ts';
import { PublicKey } from '../signing/index.ts';
import { parseEndpointUrl } from '../transport/endpoint.ts';
import type { Endpoint } from '../transport/index.ts';
import { TtlCache } from './cache.ts';
import type { Keepable } from './cache.ts';
import { discoveryError } from './directory.ts';
import type { DirectorySource, Finding } from './directory.ts';

/** A participant as configuration, database and address books keep it: plain JSON, any part may be missing. */
export interface ParticipantRecord {
  /** In any form `PublicKey.parse` reads. */
  readonly publicKeys?: readonly string[];
  readonly endpoint?: Endpoint;
  readonly versions?: readonly string[];
}

/** The narrow window a database is seen through. */
export interface ParticipantRecords {
  /** The record of a participant that may be talked to; undefined if there is none. */
  find(domain: string, role: Role): Promise<ParticipantRecord | undefined>;
}

/** A source of whole records; `find` brings its own caching. */
export function recordSource(name: string, find: ParticipantRecords['find']): DirectorySource {
  async function part<T>(
    domain: string,
    role: Role,
    read: (record: ParticipantRecord) => T | undefined,
  ): Promise<Finding<T>> {
    const record = await find(domain, role);
    if (!record) return { unknown: 'certain' };
    try {
      const value = read(record);
      return value === undefined ? { unknown: 'certain' } : { known: value };
    } catch (cause) {
      const sentence = `The ${name} entry of ${role} ${domain} is broken: ${reasonOf(cause)}`;
      throw discoveryError('permanent', sentence, cause);
    }
  }
  return {
    name,
    keys: (domain, role) => part(domain, role, readKeys),
    endpoint: (domain, role) => part(domain, role, readEndpoint),
    versions: (domain, role) => part(domain, role, readVersions),
  };
}

function readKeys({ publicKeys }: ParticipantRecord): readonly PublicKey[] | undefined {
  return publicKeys?.length ? publicKeys.map((text) => PublicKey.parse(text)) : undefined;
}

function readEndpoint({ endpoint }: ParticipantRecord): Endpoint | undefined {
  if (endpoint) parseEndpointUrl(endpoint.url, endpoint.allowHttp);
  return endpoint;
}

function readVersions({ versions }: ParticipantRecord): readonly Version[] | undefined {
  const spoken = versions?.filter(isVersion);
  return spoken?.length ? spoken : undefined;
}

/** The participants named in the configuration. */
export function configurationSource(
  participants: readonly (ParticipantRecord & { readonly domain: string; readonly role: Role })[],
): DirectorySource {
  const byName = new Map(participants.map((entry) => [`${entry.role} ${entry.domain}`, entry]));
  return recordSource('configuration', async (domain, role) => byName.get(`${role} ${domain}`));
}

/**
 * One endpoint for everyone in these roles: a broker that carries messages addressed and signed end to end. It knows
 * no keys, so that a source behind it in the chain brings them.
 */
export function brokerSource(endpoint: Endpoint, roles: readonly Role[]): DirectorySource {
  return recordSource('broker', async (_domain, role) => (roles.includes(role) ? { endpoint } : undefined));
}

/** Participants from a database, read again after `ttlMs` (default 30 s), or `negativeTtlMs` (5 s) if absent. */
export function databaseSource(
  records: ParticipantRecords,
  options: { ttlMs?: number; negativeTtlMs?: number; clock?: Clock } = {},
): DirectorySource {
  const { ttlMs = 30_000, negativeTtlMs = 5_000, clock = systemClock } = options;
  const cache = new TtlCache<ParticipantRecord | undefined>(clock);
  const load = async (domain: string, role: Role): Promise<Keepable<ParticipantRecord | undefined>> => {
    const value = await records.find(domain, role);
    return { value, ttlMs: value ? ttlMs : negativeTtlMs };
  };
  return recordSource('database', (domain, role) => cache.get(`${role} ${domain}`, () => load(domain, role)));
}
