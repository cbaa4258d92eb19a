import { reasonOf } from '../../base/errors.ts';
import type { Role, Version } from '../definition/version.ts';
import { UftpError } from '../errors.ts';
import type { PublicKey } from '../signing/index.ts';
import type { Endpoint } from '../transport/index.ts';

/** A participant of the market as far as it is known. */
export interface Participant {
  readonly domain: string;
  readonly role: Role;
  /** At least one; two while the participant rotates its key. */
  readonly keys: readonly PublicKey[];
  /** Absent where nobody knows an address: such a participant can still be listened to. */
  readonly endpoint?: Endpoint;
  readonly versions?: readonly Version[];
}

/**
 * Who is behind a domain and role. Keys and endpoint are resolved apart: a central broker may carry messages that
 * are addressed, and signed, end to end, so that the key comes from one source and the address from another.
 */
export interface ParticipantDirectory {
  /**
   * The keys a participant signs with.
   * @throws UftpError `uftp.key-unknown`, with `details.temporary` saying whether asking later may help
   */
  keys(domain: string, role: Role): Promise<readonly PublicKey[]>;
  /**
   * Where the participant takes messages.
   * @throws UftpError `uftp.discovery-temporary` or `uftp.discovery-permanent`
   */
  endpoint(domain: string, role: Role): Promise<Endpoint>;
  /**
   * Everything together. An endpoint nobody knows is left out; one that cannot be resolved just now is an error.
   * @throws UftpError as `keys` and `endpoint` do
   */
  lookup(domain: string, role: Role): Promise<Participant>;
}

/**
 * What a source knows. `certain`: it would know, and does not. `for-now`: it does not, but what is missing may
 * appear at any time. A source throws `uftp.discovery-temporary` when it cannot say, and
 * `uftp.discovery-permanent` when what it found is broken.
 */
export type Finding<T> = { readonly known: T } | { readonly unknown: 'certain' | 'for-now' };

/** One place to look participants up. Sources keep their own caches. */
export interface DirectorySource {
  /** For error sentences. */
  readonly name: string;
  keys(domain: string, role: Role): Promise<Finding<readonly PublicKey[]>>;
  endpoint(domain: string, role: Role): Promise<Finding<Endpoint>>;
  versions?(domain: string, role: Role): Promise<Finding<readonly Version[]>>;
}

/** Asks the sources in order; the first that knows wins. */
export function createDirectory(sources: readonly DirectorySource[]): ParticipantDirectory {
  const keysOf = (domain: string, role: Role): Promise<Outcome<readonly PublicKey[]>> =>
    firstThatKnows(sources, domain, (source) => source.keys(domain, role));
  const endpointOf = (domain: string, role: Role): Promise<Outcome<Endpoint>> =>
    firstThatKnows(sources, domain, (source) => source.endpoint(domain, role));

  async function keys(domain: string, role: Role): Promise<readonly PublicKey[]> {
    const outcome = await keysOf(domain, role);
    if ('known' in outcome) return outcome.known;
    const temporary = outcome.error?.code === 'uftp.discovery-temporary' || outcome.maybeLater;
    throw new UftpError(
      'uftp.key-unknown',
      `No public key of ${role} ${domain} can be resolved${outcome.error ? `: ${outcome.error.message}` : '.'}`,
      temporary
        ? 'Ask again later; if it stays so, see to the sources of the directory.'
        : 'Add the participant and its public key to the configuration or another source of the directory.',
      { cause: outcome.error, details: { domain, role, temporary } },
    );
  }

  async function endpoint(domain: string, role: Role): Promise<Endpoint> {
    const outcome = await endpointOf(domain, role);
    if ('known' in outcome) return outcome.known;
    if (outcome.error) throw outcome.error;
    throw new UftpError(
      outcome.maybeLater ? 'uftp.discovery-temporary' : 'uftp.discovery-permanent',
      `No source knows the endpoint of ${role} ${domain}.`,
      'Add the endpoint of the participant, or of the broker it is reached by.',
      { details: { domain, role } },
    );
  }

  async function lookup(domain: string, role: Role): Promise<Participant> {
    const [known, address, versions] = await Promise.all([
      keys(domain, role),
      endpointOf(domain, role),
      firstThatKnows(
        sources,
        domain,
        async (source) => source.versions?.(domain, role) ?? { unknown: 'certain' },
      ),
    ]);
    if ('error' in address && address.error) throw address.error;
    return {
      domain,
      role,
      keys: known,
      ...('known' in address && { endpoint: address.known }),
      ...('known' in versions && { versions: versions.known }),
    };
  }

  return { keys, endpoint, lookup };
}

type Outcome<T> = { known: T } | { error: UftpError | undefined; maybeLater: boolean };

// InternetDomainType of the UFTP schemas: what is no domain there is not worth a query anywhere.
const DOMAIN = /^(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,}$/;

function isDomain(text: string): boolean {
  return text.length <= 253 && DOMAIN.test(text) && text.split('.').every((label) => label.length <= 63);
}

async function firstThatKnows<T>(
  sources: readonly DirectorySource[],
  domain: string,
  ask: (source: DirectorySource) => Promise<Finding<T>>,
): Promise<Outcome<T>> {
  const outcome: { error: UftpError | undefined; maybeLater: boolean } = {
    error: undefined,
    maybeLater: false,
  };
  if (!isDomain(domain)) return outcome;
  for (const source of sources) {
    try {
      const finding = await ask(source);
      if ('known' in finding) return finding;
      outcome.maybeLater ||= finding.unknown === 'for-now';
    } catch (thrown) {
      const error = asUftpError(thrown, source);
      // A source that may yet know outweighs one that is broken for good.
      if (outcome.error?.code !== 'uftp.discovery-temporary') outcome.error = error;
    }
  }
  return outcome;
}

function asUftpError(thrown: unknown, source: DirectorySource): UftpError {
  if (thrown instanceof UftpError && thrown.code.startsWith('uftp.discovery-')) return thrown;
  return discoveryError('temporary', `the ${source.name} source failed (${reasonOf(thrown)}).`, thrown);
}

/** The two errors of sources. */
export function discoveryError(kind: 'temporary' | 'permanent', message: string, cause?: unknown): UftpError {
  const remedy =
    kind === 'temporary'
      ? 'It is asked again by itself; see to the source if this stays.'
      : 'Correct the entry where it is kept.';
  return new UftpError(`uftp.discovery-${kind}`, message, remedy, { cause });
}
