/** What a scalar could not read: the reason stands behind the attribute's name in the schema error. */
export class Unreadable {
  readonly why: string;
  constructor(why: string) {
    this.why = why;
  }
}

/**
 * A simple type of the protocol: how an attribute's text becomes a value and back.
 * Values are plain JSON: strings, integers within the safe range, booleans.
 */
export interface Scalar<T extends string | number | boolean = string | number | boolean> {
  /** The type's name in the official schema, for the generated reference. */
  readonly xsd: string;
  /** What values look like, in words, for the generated reference and error sentences. */
  readonly shape: string;
  /** The JSON type that carries it. */
  readonly json: 'string' | 'integer' | 'boolean';
  /** What this type accepts less than the schema's, in words: a bound against abuse or lost precision. */
  readonly bound?: string;
  /** Reads an attribute's text, already normalised as XML attributes are. */
  read(text: string): T | Unreadable;
  /** Writes a value. Refuses what may be read but is never sent; what `read` refuses is not checked again. */
  write(value: T): string | Unreadable;
}

const identity = (value: string): string => value;

function pattern(xsd: string, shape: string, regex: RegExp, bound?: string): Scalar<string> {
  const refusal = new Unreadable(`is not ${shape}`);
  return {
    xsd,
    shape,
    json: 'string',
    ...(bound !== undefined && { bound }),
    read: (text) => (regex.test(text) ? text : refusal),
    write: identity,
  };
}

/** Collapses white space as XML Schema does for every simple type but xs:string. */
function collapsed<T extends string | number | boolean>(scalar: Scalar<T>): Scalar<T> {
  const edges = /^[ \t\r\n]|[ \t\r\n]$/;
  return {
    ...scalar,
    read: (text) => scalar.read(edges.test(text) ? text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '') : text),
  };
}

function oneOf<const V extends string>(xsd: string, values: readonly V[]): Scalar<V> {
  const refusal = new Unreadable(`is not one of ${values.join(', ')}`);
  return {
    xsd,
    shape: values.join(' | '),
    json: 'string',
    read: (text) => ((values as readonly string[]).includes(text) ? (text as V) : refusal),
    write: identity as (value: V) => string,
  };
}

function wholeNumber(
  xsd: string,
  shape: string,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): Scalar<number> {
  const notWhole = new Unreadable('is not a whole number');
  const outOfRange = new Unreadable(`is not ${shape}`);
  return collapsed({
    xsd,
    shape,
    json: 'integer',
    bound: 'at most 2^53 - 1 in magnitude, written in at most 40 characters',
    read: (text) => {
      if (text.length > 40 || !/^[+-]?[0-9]+$/.test(text)) return notWhole;
      const value = Number(text);
      return value >= least && value <= most && Number.isSafeInteger(value) ? value + 0 : outOfRange;
    },
    write: String,
  });
}

function decimal(xsd: string, shape: string, fits: (text: string) => boolean): Scalar<string> {
  const refusal = new Unreadable(`is not ${shape}`);
  const form = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)$/;
  return collapsed({
    xsd,
    shape,
    json: 'string',
    bound: 'at most 60 characters',
    read: (text) => (text.length <= 60 && form.test(text) && fits(text) ? plainDecimal(text) : refusal),
    write: identity,
  });
}

/** The schema's `+1`, `.5` and `5.` in the form that every decimal library reads. */
function plainDecimal(text: string): string {
  if (/^-?[0-9]+(?:\.[0-9]+)?$/.test(text)) return text;
  return text
    .replace('+', '')
    .replace(/^(-?)\./, '$10.')
    .replace(/\.$/, '');
}

const fractionDigits = (text: string): number => {
  const point = text.indexOf('.');
  return point < 0 ? 0 : text.slice(point + 1).replace(/0+$/, '').length;
};

/** An instant: xs:dateTime in, always UTC with `Z` out, so that instants compare as strings. */
const dateTime: Scalar<string> = (() => {
  const form =
    /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9})\d*)?(Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))?$/;
  const refusal = new Unreadable('is not a date and time such as 2026-01-01T00:00:00Z');
  const withoutOffset = new Unreadable('has no UTC offset; end it with Z');
  return collapsed<string>({
    xsd: 'xs:dateTime',
    shape: 'an instant such as 2026-01-01T00:00:00Z',
    json: 'string',
    bound: 'years 0001 to 9999; kept to the millisecond',
    read: (text) => {
      const parts = form.exec(text);
      if (!parts || !isCalendarDay(`${parts[1]}-${parts[2]}-${parts[3]}`)) return refusal;
      const midnightAtEnd =
        parts[4] === '24' && parts[5] === '00' && parts[6] === '00' && !/[1-9]/.test(parts[7] ?? '');
      if (!midnightAtEnd && (parts[4]! > '23' || parts[6]! > '59' || parts[5]! > '59')) return refusal;
      const millis = (parts[7] ?? '').padEnd(3, '0').slice(0, 3);
      const day = `${parts[1]}-${parts[2]}-${parts[3]}`;
      // The schema leaves the offset out as an option; peers read a missing one as UTC.
      const offset = parts[8] ?? 'Z';
      const base = Date.parse(
        `${day}T${midnightAtEnd ? '00' : parts[4]}:${parts[5]}:${parts[6]}.${millis}${offset}`,
      );
      return Number.isNaN(base) ? refusal : new Date(base + (midnightAtEnd ? 86_400_000 : 0)).toISOString();
    },
    // UFTP asks for an offset; the schema does not. What is sent always has one.
    write: (value) => (/(?:Z|[+-]\d\d:\d\d)$/.test(value) ? value : withoutOffset),
  });
})();

/** True for a day that the Gregorian calendar has, written YYYY-MM-DD. */
export function isCalendarDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text.startsWith('0000')) return false;
  const parsed = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text);
}

/** A calendar day. The schema admits an offset behind the day: it is read and dropped, and never written. */
const day: Scalar<string> = (() => {
  const form = /^(\d{4}-\d{2}-\d{2})(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))?$/;
  const refusal = new Unreadable('is not a day such as 2026-01-01');
  const withOffset = new Unreadable('is sent without an offset, as a day such as 2026-01-01');
  return collapsed<string>({
    xsd: 'PeriodType (xs:date)',
    shape: 'a calendar day such as 2026-01-01',
    json: 'string',
    bound: 'years 0001 to 9999',
    read: (text) => {
      const found = form.exec(text)?.[1];
      return found !== undefined && isCalendarDay(found) ? found : refusal;
    },
    write: (value) => (value.length === 10 ? value : withOffset),
  });
})();

const boolean: Scalar<boolean> = (() => {
  const refusal = new Unreadable('is not true or false');
  return collapsed<boolean>({
    xsd: 'xs:boolean',
    shape: 'true | false',
    json: 'boolean',
    read: (text) =>
      text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : refusal,
    write: String,
  });
})();

/** UFTP, ISP-Duration: "minutes only, for example PT15M". The schema reads every duration; minutes are sent. */
const duration: Scalar<string> = (() => {
  const form =
    /^(?=.{1,40}$)-?P(?=.)(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?$/;
  const notMinutes = new Unreadable('is sent in minutes only, such as PT15M');
  return {
    ...collapsed(pattern('xs:duration', 'a duration such as PT15M', form, 'at most 40 characters')),
    write: (value) => (/^PT[0-9]+M$/.test(value) ? value : notMinutes),
  };
})();

/** Base64 as the schema has it: white space anywhere; `signing` decodes it, to the last bit. */
const base64: Scalar<string> = (() => {
  const refusal = new Unreadable('is not padded standard Base64');
  const white = /[ \t\r\n]/;
  // The last character before a padding carries bits that must be zero.
  const packed = /^[A-Za-z0-9+/]*(?:[AQgw]==|[AEIMQUYcgkosw048]=|(?<!=))$/;
  return {
    xsd: 'xs:base64Binary',
    shape: 'Base64',
    json: 'string',
    read: (text) => {
      const whole = white.test(text) ? text.replace(/[ \t\r\n]+/g, '') : text;
      return whole.length % 4 === 0 && packed.test(whole) ? text : refusal;
    },
    write: identity,
  };
})();

/** Every simple type that the messages use (UFTP common schema, and the XML Schema built-ins it names). */
export const scalar = {
  text: {
    xsd: 'xs:string',
    shape: 'text',
    json: 'string',
    read: identity,
    write: identity,
  } as Scalar<string>,
  version: pattern(
    'SpecVersion',
    'a version such as 3.1.0',
    /^\d+\.\d+\.\d+$/,
    'ASCII digits; a pattern of the schema takes the digits of every script',
  ),
  uuid: pattern(
    'UUIDType',
    'a UUID',
    /^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$/,
  ),
  entityAddress: pattern(
    'EntityAddressType',
    'an entity address (ean. and 12 to 34 digits, or ea1.yyyy-mm.domain:name)',
    /^(?:ean\.[0-9]{12,34}|ea1\.[0-9]{4}-[0-9]{2}\.[^\n\r]{1,244}:[^\n\r]{1,244})$/u,
  ),
  domain: pattern(
    'InternetDomainType',
    'a lower-case Internet domain',
    /^(?=.{1,255}$)(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,}$/,
    'at most 255 characters, as the domain name system has it',
  ),
  meteringEan: pattern('EANType', 'E and 16 digits', /^[Ee][0-9]{16}$/),
  wideMeteringEan: pattern('EANType', 'E and 16 or 18 digits', /^[Ee][0-9]{16}(?:[0-9]{2})?$/),
  currency: pattern('ISO4217CurrencyType', 'a currency code of three capitals', /^[A-Z]{3}$/),
  amount: decimal(
    'CurrencyAmountType',
    'an amount with at most 4 decimals',
    (text) => fractionDigits(text) <= 4,
  ),
  factor: decimal(
    'ActivationFactorType',
    'a factor from 0.01 to 1.00',
    (text) => fractionDigits(text) <= 2 && Number(text) >= 0.01 && Number(text) <= 1,
  ),
  decimal: decimal('xs:decimal', 'a decimal number', () => true),
  timeZone: pattern(
    'TimeZoneNameType',
    'a time zone such as Europe/Amsterdam',
    /^(?:Africa|America|Australia|Europe|Pacific)\/[a-zA-Z0-9_/]{3,}$/,
  ),
  day,
  dateTime,
  boolean,
  base64,
  duration,
  /** Watts: + is consumption, - is production. */
  power: wholeNumber('xs:integer', 'a whole number of watts', Number.MIN_SAFE_INTEGER),
  integer: wholeNumber('xs:integer', 'a whole number', Number.MIN_SAFE_INTEGER),
  positive: wholeNumber('xs:positiveInteger', 'a whole number from 1', 1),
  long: wholeNumber('xs:long', 'a whole number', Number.MIN_SAFE_INTEGER),
  role: oneOf('USEF-RoleType', ['AGR', 'CRO', 'DSO']),
  redispatchBy: oneOf('RedispatchByType', ['AGR', 'DSO']),
  result: oneOf('AcceptedRejectedType', ['Accepted', 'Rejected']),
  disposition: oneOf('AvailableRequestedType', ['Available', 'Requested']),
  settlementDisposition: oneOf('AcceptedDisputedType', ['Accepted', 'Disputed']),
  profileType: oneOf('ProfileType', [
    'Power',
    'ImportEnergy',
    'ExportEnergy',
    'ImportMeterReading',
    'ExportMeterReading',
  ]),
  unit: oneOf('UnitType', ['kW', 'kWh']),
} as const;
