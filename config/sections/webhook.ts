import { Temporal } from 'temporal-polyfill';
import * as fields from '../fields.ts';
import { Refusal } from '../fields.ts';
import { secretRef } from '../secrets.ts';

/** A webhook is asked within an activity of a minute. */
const LONGEST_DEADLINE = 30;

const url = fields.endpoint.transform((value, context) => {
  const { protocol, hostname } = new URL(value);
  if (protocol === 'https:' || fields.isLoopback(hostname)) return value;
  const { message, remedy } = new Refusal('Plain http leaves this machine.', 'Use https.');
  context.addIssue({ code: 'custom', message, params: { remedy } });
  return value;
});

const deadline = fields.duration.default('PT10S').superRefine((value, context) => {
  if (Temporal.Duration.from(value).total('seconds') <= LONGEST_DEADLINE) return;
  context.addIssue({
    code: 'custom',
    message: `The deadline is longer than ${LONGEST_DEADLINE} seconds.`,
    params: { remedy: `Write at most PT${LONGEST_DEADLINE}S.` },
  });
});

/** The settings of any webhook: where it is, the secret that signs what is posted, how long an answer may take. */
export const webhook = { url, secret: secretRef, deadline };
