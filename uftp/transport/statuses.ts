import type { UftpErrorCode } from '../errors.ts';

/** What the sender of a message may conclude from an HTTP status. */
export type DeliveryOutcome = 'delivered' | 'temporary' | 'permanent';

/** One row of the specification's table of transport results: a receiver's finding and its status. */
export interface StatusRow {
  /** What the receiver found. */
  readonly condition: string;
  readonly status: number;
  /** How the sender takes it. */
  readonly sender: DeliveryOutcome;
  /** Flexor's error for this finding, where there is one. */
  readonly code?: UftpErrorCode;
}

/**
 * UFTP 3.x, "Message transport": the status of each receiver finding, in the order in which a receiver looks, and
 * what a sender makes of it. A message that is valid XML but wrong in content is *not* here: it gets 200 and later
 * a response message with `Result="Rejected"`.
 */
export const statusTable = {
  stored: { condition: 'The message is stored in the inbound queue', status: 200, sender: 'delivered' },
  lengthMissing: {
    condition: 'No Content-Length',
    status: 411,
    sender: 'permanent',
    code: 'uftp.content-length-missing',
  },
  tooLarge: {
    condition: "The body is larger than the receiver's limit",
    status: 413,
    sender: 'permanent',
    code: 'uftp.too-large',
  },
  contentType: {
    condition: 'Content-Type or charset is not XML in UTF-8',
    status: 400,
    sender: 'permanent',
    code: 'uftp.content-type',
  },
  rateLimit: { condition: 'The sender is over the rate limit', status: 429, sender: 'temporary' },
  wrapperInvalid: {
    condition: 'The SignedMessage is not well-formed or not valid against the schema',
    status: 400,
    sender: 'permanent',
    code: 'uftp.schema-invalid',
  },
  keyUnknown: {
    condition: "The sender's public key cannot be resolved",
    status: 419,
    sender: 'temporary',
    code: 'uftp.key-unknown',
  },
  signatureInvalid: {
    condition: 'The signature does not fit',
    status: 401,
    sender: 'permanent',
    code: 'uftp.signature-invalid',
  },
  payloadInvalid: {
    condition: 'The signed message is not well-formed or not valid against the schema',
    status: 400,
    sender: 'permanent',
    code: 'uftp.schema-invalid',
  },
  storageDown: { condition: 'The message cannot be stored now', status: 503, sender: 'temporary' },
} as const satisfies Record<string, StatusRow>;

/** Statuses of the 4xx family that a sender retries all the same. */
const TEMPORARY_4XX: Record<number, string> = {
  404: 'nothing answers at this address (often a passing fault of a front end)',
  // The specification counts timeouts as temporary; 408 is the one that the receiver reports.
  408: 'the receiver waited too long for the request',
  419: "the receiver could not resolve the sender's public key",
  429: 'the receiver limits the rate',
};

const PERMANENT_4XX: Record<number, string> = {
  400: 'the receiver could not read the message',
  401: 'the receiver refused the signature',
  403: 'the receiver bars this sender',
  411: 'the receiver missed the Content-Length',
  413: 'the message is too large for the receiver',
  415: 'the receiver refused the content type',
};

/** What a final status (no redirect to follow) means to the sender: every other 4xx is permanent, all else temporary. */
export function classifyStatus(status: number): { outcome: DeliveryOutcome; reason: string } {
  if (status >= 200 && status < 300) return { outcome: 'delivered', reason: 'the receiver took the message' };
  const passing = TEMPORARY_4XX[status];
  if (passing) return { outcome: 'temporary', reason: passing };
  if (status >= 400 && status < 500) {
    return { outcome: 'permanent', reason: PERMANENT_4XX[status] ?? 'the receiver refused the message' };
  }
  if (status >= 500 && status < 600) return { outcome: 'temporary', reason: 'the receiver failed' };
  return { outcome: 'temporary', reason: 'the status means nothing in this protocol' };
}
