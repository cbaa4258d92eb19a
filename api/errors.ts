import { FlexorError } from '../base/index.ts';

/** Everything the API itself can find wrong. Codes are never renamed once released. */
export type ApiErrorCode =
  | 'api.not-found'
  | 'api.method-not-allowed'
  | 'api.request-malformed'
  | 'api.request-timeout'
  | 'api.rate-limited'
  | 'api.sender-barred'
  | 'api.unauthorized'
  | 'api.body-invalid'
  | 'api.store-unavailable'
  | 'api.temporal-unavailable'
  | 'api.stopping'
  | 'api.command-refused'
  | 'api.conversation-over'
  | 'api.comparison-missing'
  | 'api.comparison-outdated'
  | 'api.broken';

export class ApiError extends FlexorError<ApiErrorCode> {}

/** A request that gets an HTTP error: the status, and the error that says why. */
export class Refusal extends Error {
  readonly status: number;
  readonly error: FlexorError;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, error: FlexorError, headers: Record<string, string> = {}) {
    super(error.message, { cause: error });
    this.name = 'Refusal';
    this.status = status;
    this.error = error;
    this.headers = headers;
  }
}

/** The store cannot be written or read now: the caller should come back (RFC 9110, Retry-After). */
export function storeUnavailable(cause: unknown): Refusal {
  return new Refusal(
    503,
    new ApiError('api.store-unavailable', 'Messages cannot be stored now.', 'Try again later.', { cause }),
    { 'retry-after': '5' },
  );
}

export function notFound(what: string): Refusal {
  return new Refusal(404, new ApiError('api.not-found', `There is no ${what}.`, 'Check the address.'));
}
