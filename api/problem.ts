import { STATUS_CODES } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { FlexorError } from '../base/index.ts';
import { ApiError, Refusal } from './errors.ts';

/** The media type of problem details (RFC 9457). */
export const PROBLEM_TYPE = 'application/problem+json';

const DETAIL_LENGTH = 1000;

/** Problem details (RFC 9457) with Flexor's stable code and remedy. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly remedy: string;
  /** Where the body is wrong, if it is. */
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

export function problemOf({ status, error }: Refusal): Problem {
  const { fields } = error.details as { fields?: Problem['errors'] };
  return {
    type: `urn:flexor:problem:${error.code}`,
    // UFTP 3.x, "Message transport": 419 is not a registered status.
    title: STATUS_CODES[status] ?? (status === 419 ? 'Public Key Unknown' : 'Refused'),
    status,
    detail: clip(error.message),
    code: error.code,
    remedy: error.remedy,
    ...(fields && { errors: fields }),
  };
}

export function sendProblem(reply: FastifyReply, refusal: Refusal): FastifyReply {
  return reply
    .code(refusal.status)
    .headers(refusal.headers)
    .type(PROBLEM_TYPE)
    .send(JSON.stringify(problemOf(refusal)));
}

/** Reasons go into logs and answers: long ones (a list of schema problems) are clipped. */
export function clip(text: string): string {
  return text.length > DETAIL_LENGTH ? `${text.slice(0, DETAIL_LENGTH)} …` : text;
}

/** What a thrown thing means as an answer: refusals as they are, the HTTP library's own 4xx, and 500 for our faults. */
export function refusalOf(thrown: unknown): Refusal {
  if (thrown instanceof Refusal) return thrown;
  const { statusCode: status, code } = thrown as { statusCode?: number; code?: string };
  if (status !== undefined && status >= 400 && status < 500) {
    return new Refusal(status, requestError(status, code));
  }
  const message = 'The request could not be dealt with.';
  return new Refusal(
    500,
    new ApiError('api.broken', message, 'Report this with the log.', { cause: thrown }),
  );
}

function requestError(status: number, code = 'unknown'): FlexorError {
  const sentence = `The HTTP request is not acceptable (${status}, ${code}).`;
  return new ApiError('api.request-malformed', sentence, 'Send a well-formed HTTP request.');
}
