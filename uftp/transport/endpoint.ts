import { UftpError } from '../errors.ts';

/**
 * Where and how a participant takes messages. Plain JSON: TLS material and OAuth credentials are named here and
 * handed to the client apart, so that a record from a database or an address book never carries a secret.
 */
export interface Endpoint {
  /** The full address of the POST, path included. */
  readonly url: string;
  /** Permits an `http:` address that is not this machine's loopback. For closed test networks. */
  readonly allowHttp?: boolean;
  /** Name of a TLS profile of the client: private CA, client certificate. */
  readonly tls?: string;
  /** Name of an OAuth profile of the client: the participant wants a token with each message. */
  readonly oauth?: string;
  /** How long one try may take, in ms; the client's own limit unless given. */
  readonly timeoutMs?: number;
}

/** UFTP 3.x, "Message transport": the path by convention, one for each major version of the protocol. */
export function conventionalPath(version: string): string {
  return `/shapeshifter/api/v${version.split('.', 1)[0]}/message`;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

export function isLoopback(url: URL): boolean {
  return LOOPBACK.test(url.hostname);
}

/**
 * Reads an address that a signed message or a credential may be sent to. TLS is mandatory in UFTP; clear HTTP passes
 * only to loopback, or where the configuration says so in as many words.
 *
 * @throws UftpError `uftp.endpoint-invalid`
 */
export function parseEndpointUrl(address: string, allowHttp = false): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw invalid('The address is not an HTTPS URL.', 'Give the whole URL, https:// and path included.');
  }
  if (url.username || url.password) {
    throw invalid('The address carries credentials.', 'Put credentials into an OAuth or TLS profile.');
  }
  if (url.protocol === 'http:' && !allowHttp && !isLoopback(url)) {
    throw invalid(
      `The address of ${url.hostname} is clear HTTP.`,
      'Use https://, or set allowHttp on a closed test network.',
    );
  }
  return url;
}

/**
 * The address behind a redirect: never from HTTPS to clear HTTP, and to clear HTTP only as far as the configured
 * address itself could have been.
 *
 * @throws UftpError `uftp.endpoint-invalid`
 */
export function parseRedirect(location: string, from: URL, allowHttp = false): URL {
  if (!URL.canParse(location, from.href)) {
    throw invalid('The redirect leads nowhere.', 'The receiver must send a valid Location.');
  }
  const target = new URL(location, from);
  if (from.protocol === 'https:' && target.protocol === 'http:') {
    throw invalid('The redirect leads from HTTPS to clear HTTP.', 'The receiver must redirect to HTTPS.');
  }
  return parseEndpointUrl(target.href, allowHttp);
}

function invalid(message: string, remedy: string): UftpError {
  return new UftpError('uftp.endpoint-invalid', message, remedy);
}
