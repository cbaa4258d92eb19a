import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';
import { reasonOf } from '../base/errors.ts';
import { type Scalar, Unreadable, scalar } from '../uftp/definition/scalar.ts';
import { PublicKey } from '../uftp/signing/keys.ts';

/** Why a value was not taken: a sentence, and what to write instead. */
export class Refusal {
  readonly message: string;
  readonly remedy: string;
  constructor(message: string, remedy: string) {
    this.message = message;
    this.remedy = remedy;
  }
}

/** A leaf of the configuration: every refusal brings its own remedy. */
export function field<T>(read: (value: unknown) => T | Refusal) {
  return z.unknown().transform((value, context): T => {
    const outcome = value === undefined ? new Refusal('This field is missing.', 'Add it.') : read(value);
    if (!(outcome instanceof Refusal)) return outcome;
    context.addIssue({ code: 'custom', message: outcome.message, params: { remedy: outcome.remedy } });
    return z.NEVER;
  });
}

/** Text, further read by `read`. `remedy` says what to write, with an example. */
export function textField<T = string>(remedy: string, read: (text: string) => T | Refusal) {
  return field((value) =>
    typeof value === 'string' && value.trim() !== '' ? read(value) : new Refusal('Text is expected.', remedy),
  );
}

export const text = textField('Write it as text.', (value) => value);

/** A simple type of the protocol, read by the protocol's own definition so that the two cannot drift apart. */
export function protocolField<T extends string>(type: Scalar<T>, remedy: string) {
  return textField(remedy, (value) => {
    const read = type.read(value);
    return read instanceof Unreadable ? new Refusal(`The value ${read.why}.`, remedy) : read;
  });
}

export const domain = protocolField(scalar.domain, 'Write it in lower case, such as dso.example.com.');
export const entityAddress = protocolField(scalar.entityAddress, 'Write it such as ean.871685900012636543.');
export const currency = protocolField(scalar.currency, 'Write it such as EUR.');
export const day = protocolField(scalar.day, 'Write it such as 2026-01-31.');

const ZONE_REMEDY = 'Write it such as Europe/Amsterdam.';
export const timeZone = textField(ZONE_REMEDY, (value) => {
  const read = scalar.timeZone.read(value);
  if (read instanceof Unreadable) return new Refusal(`The value ${read.why}.`, ZONE_REMEDY);
  try {
    new Intl.DateTimeFormat('en', { timeZone: read });
    return read;
  } catch {
    return new Refusal('No such time zone is known.', ZONE_REMEDY);
  }
});

/** Decimals as text. A YAML number is refused: it would pass through binary floating point. */
function decimalField(type: Scalar<string>, least: number | undefined, example: string) {
  const remedy = `Write it in quotes, such as "${example}".`;
  return field((value) => {
    if (typeof value === 'number') {
      return new Refusal('A number loses its exact decimals, so this is written as text.', remedy);
    }
    if (typeof value !== 'string') return new Refusal('A decimal number in quotes is expected.', remedy);
    const read = type.read(value);
    if (read instanceof Unreadable) return new Refusal(`The value ${read.why}.`, remedy);
    if (least !== undefined && Number(read) < least)
      return new Refusal(`The value is below ${least}.`, remedy);
    return read.replace(/^\+/, '');
  });
}

export const price = decimalField(scalar.amount, undefined, '120.00');
export const nonNegativeAmount = decimalField(scalar.amount, 0, '250.00');
export const activationFactor = decimalField(scalar.factor, undefined, '1.00');

/** A whole number from `least` to `most`, in `unit`. */
export function wholeNumber(
  unit: string,
  least: number = Number.MIN_SAFE_INTEGER,
  most: number = Number.MAX_SAFE_INTEGER,
) {
  const from = least === Number.MIN_SAFE_INTEGER ? '' : ` from ${least}`;
  const to = most === Number.MAX_SAFE_INTEGER ? '' : ` to ${most}`;
  return field((value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most
      ? value
      : new Refusal(`This is not a whole number${from}${to} (${unit}).`, 'Write the digits alone.'),
  );
}

/** Watts, + is consumption, - is production. */
export const signedPower = wholeNumber('W, + is consumption, - is production');
export const power = wholeNumber('W', 0);
export const port = wholeNumber('a TCP port; 0 takes any free one', 0, 65_535);

export const flag = field((value) =>
  typeof value === 'boolean' ? value : new Refusal('This is neither true nor false.', 'Write true or false.'),
);

export function choice<const T extends string>(options: readonly T[]) {
  return field((value) => {
    const found = options.find((option) => option === value);
    return found ?? new Refusal(`This is not one of ${options.join(', ')}.`, `Write one of them.`);
  });
}

function parseDuration(value: string): Temporal.Duration | undefined {
  try {
    return Temporal.Duration.from(value);
  } catch {
    return undefined;
  }
}

/**
 * A length of time, longer than nothing. Days count 24 hours; the result has hours, minutes and seconds only, so
 * that it can be added to an instant.
 */
export const duration = textField('Write it in ISO 8601, such as PT1H or PT15M.', (value) => {
  const remedy = 'Write it in ISO 8601, such as PT1H or PT15M.';
  const read = parseDuration(value);
  if (!read) return new Refusal('This is not a duration.', remedy);
  if (read.years || read.months || read.weeks) {
    return new Refusal('Years, months and weeks have no fixed length.', 'Write days or hours, such as P7D.');
  }
  if (read.sign <= 0) return new Refusal('The duration is not longer than nothing.', remedy);
  return read.round({ largestUnit: 'hour' }).toString();
});

/** The length of an ISP, in the protocol's own form: minutes only (`PT60M`, never `PT1H`), and a part of the hour. */
export const ispDuration = textField('Write it such as PT15M.', (value) => {
  const remedy = 'Write it such as PT15M.';
  const read = parseDuration(value);
  if (!read || read.years || read.months || read.weeks) return new Refusal('This is not a duration.', remedy);
  const minutes = read.total('minutes');
  // Days of 23 and 25 hours must hold a whole number of ISPs.
  if (!Number.isInteger(minutes) || minutes < 1 || 60 % minutes !== 0) {
    return new Refusal('An ISP lasts a whole number of minutes that divides the hour.', remedy);
  }
  return `PT${minutes}M`;
});

export const publicKey = textField('Write the key as its owner published it, such as cs1.…', (value) => {
  try {
    return PublicKey.parse(value);
  } catch (thrown) {
    return new Refusal(reasonOf(thrown), 'Ask the participant for its public signing key.');
  }
});

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** True for a host name as URLs carry it that never leaves this machine. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host) || host === '::1';
}

/** An http(s) address without credentials, query or fragment. Whether plain http will do is judged beside it. */
export const endpoint = textField(
  'Write the address, such as https://dso.example.com/shapeshifter/api/v3/message.',
  (value) => {
    const url = URL.canParse(value) ? new URL(value) : undefined;
    if (!url || !/^https?:$/.test(url.protocol)) {
      return new Refusal('This is not an https address.', 'Write it whole, with https:// in front.');
    }
    if (url.username || url.password) {
      return new Refusal(
        'The address carries credentials.',
        'Take them out: secrets never stand in this file.',
      );
    }
    if (url.hash || url.search) return new Refusal('The address has a query or fragment.', 'Take it out.');
    return url.href;
  },
);

export const path = textField('Write it such as /shapeshifter/api/v3/message.', (value) =>
  /^\/[\w./-]*$/.test(value) ? value : new Refusal('This is not a path.', 'Begin it with /.'),
);
