import { systemClock } from '../../base/clock.ts';
import type { Clock } from '../../base/clock.ts';
import { reasonOf } from '../../base/errors.ts';
import { isVersion } from '../definition/version.ts';
import type { Role, Version } from '../definition/version.ts';
import { PublicKey } from '../signing/index.ts';
import { conventionalPath } from '../transport/index.ts';
import type { Endpoint } from '../transport/index.ts';
import { TtlCache } from './cache.ts';
import { discoveryError } from './directory.ts';
import type { DirectorySource, Finding } from './directory.ts';
import type { DnsAnswer, DnsResolver, DnsType } from './resolver.ts';

export interface DnsSourceOptions {
  readonly resolver: DnsResolver;
  /** Refuse answers without the AD flag (default). UFTP demands DNSSEC wherever DNS is used. */
  readonly requireDnssec?: boolean;
  /** Path of the endpoint on the host found; the conventional one of version 3 unless given. */
  readonly path?: string;
  /** Names of the profiles that endpoints found here are to be used with. */
  readonly profiles?: { readonly tls?: string; readonly oauth?: string };
  /** The longest time an answer is kept, whatever its TTL. Default one hour. */
  readonly maximumTtlMs?: number;
  /** How long "there is no such record" is kept where the answer does not say. Default one minute. */
  readonly negativeTtlMs?: number;
  readonly clock?: Clock;
}

/** How long an answer that is no answer (SERVFAIL, no DNSSEC) keeps further questions away. */
const FAILURE_TTL_MS = 5_000;
const MAXIMUM_NEGATIVE_TTL_MS = 300_000;
const MAXIMUM_ALIASES = 8;
const MAXIMUM_KEYS = 2;

/**
 * Service discovery by DNS (UFTP 3.x): `_<role>._usef.<domain>` TXT holds up to two keys,
 * `_http._<role>._usef.<domain>` CNAME the host of the endpoint, `_usef.<domain>` TXT the version. Everything but
 * a validated answer is temporary, a missing record included: it may just not be published yet.
 */
export function dnsSource(options: DnsSourceOptions): DirectorySource {
  const { resolver, requireDnssec = true, path = conventionalPath('3.1.0'), profiles = {} } = options;
  const { maximumTtlMs = 3_600_000, negativeTtlMs = 60_000, clock = systemClock } = options;
  const cache = new TtlCache<DnsAnswer>(clock);

  function ask(name: string, type: DnsType): Promise<DnsAnswer> {
    return cache.get(`${type} ${name}`, async () => {
      const value = await resolver.query(name, type);
      return { value, ttlMs: timeToKeep(value) };
    });
  }

  function timeToKeep(answer: DnsAnswer): number {
    const stated = answer.ttlSeconds === undefined ? undefined : answer.ttlSeconds * 1000;
    if (isFailure(answer)) return FAILURE_TTL_MS;
    if (answer.values.length > 0) return Math.min(stated ?? 0, maximumTtlMs);
    return Math.min(stated ?? negativeTtlMs, MAXIMUM_NEGATIVE_TTL_MS);
  }

  function isFailure({ rcode, authenticated, values }: DnsAnswer): boolean {
    if (rcode === 'NXDOMAIN') return false;
    return rcode !== 'NOERROR' || (requireDnssec && !authenticated && values.length > 0);
  }

  /** The records' values; empty where there is no such record. */
  async function valuesOf(name: string, type: DnsType): Promise<readonly string[]> {
    const answer = await ask(name, type);
    if (!isFailure(answer)) return answer.rcode === 'NXDOMAIN' ? [] : answer.values;
    const why = answer.rcode === 'NOERROR' ? 'is not validated by DNSSEC' : `is ${answer.rcode}`;
    throw discoveryError('temporary', `The DNS answer for ${type} ${name} ${why}.`);
  }

  async function keys(domain: string, role: Role): Promise<Finding<readonly PublicKey[]>> {
    const name = `_${role}._usef.${domain}`;
    const texts = (await valuesOf(name, 'TXT')).flatMap((value) => value.split(' ')).filter(isOfKnownSuite);
    if (texts.length === 0) return { unknown: 'for-now' };
    if (texts.length > MAXIMUM_KEYS)
      throw discoveryError('permanent', `The TXT record ${name} holds more than two keys.`);
    try {
      return { known: texts.map((text) => PublicKey.parse(text)) };
    } catch (cause) {
      throw discoveryError('permanent', `The TXT record ${name} is broken: ${reasonOf(cause)}`, cause);
    }
  }

  async function endpoint(domain: string, role: Role): Promise<Finding<Endpoint>> {
    const start = `_http._${role}._usef.${domain}`;
    const passed = new Set<string>();
    for (let name = start; ;) {
      passed.add(name.toLowerCase());
      const [target, ...more] = await valuesOf(name, 'CNAME');
      if (target === undefined) return { unknown: 'for-now' };
      if (more.length > 0)
        throw discoveryError('permanent', `The name ${name} has more than one CNAME record.`);
      if (isHostName(target))
        return { known: { url: `https://${target.toLowerCase()}${path}`, ...profiles } };
      if (passed.has(target.toLowerCase()) || passed.size === MAXIMUM_ALIASES) {
        throw discoveryError('temporary', `The CNAME records from ${start} run in a circle.`);
      }
      name = target;
    }
  }

  async function versions(domain: string): Promise<Finding<readonly Version[]>> {
    const values = await valuesOf(`_usef.${domain}`, 'TXT');
    const spoken = values.map((value) => value.trim()).filter(isVersion);
    return spoken.length > 0 ? { known: spoken } : { unknown: 'for-now' };
  }

  return { name: 'DNS', keys, endpoint, versions };
}

/** Keys of crypto suites that come after CS1 may stand beside ours: they are not for us. */
function isOfKnownSuite(text: string): boolean {
  return text !== '' && (!/^cs\d+\./.test(text) || text.startsWith('cs1.'));
}

/**
 * A name that can carry an address. The chain ends at the first one, as that is the name the server's certificate is
 * for; aliases behind it are the business of ordinary name resolution.
 */
function isHostName(name: string): boolean {
  return /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/i.test(name);
}
