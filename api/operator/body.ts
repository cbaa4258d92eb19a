import { z } from 'zod';
import { entityAddress, isCalendarDay, timeZone } from './scalars.ts';
import { ApiError, Refusal } from '../errors.ts';

/** One thing that is wrong with a body. */
export interface FieldError {
  /** Where, e.g. `readings[0].isps[3].power`. */
  readonly path: string;
  readonly message: string;
}

const SHOWN = 50;

/** A body that cannot be taken, with every field that is wrong. Nothing of it was stored. */
export function bodyInvalid(fields: readonly FieldError[]): Refusal {
  const message = `The body cannot be taken: ${fields.length} of its fields are wrong. Nothing was stored.`;
  return new Refusal(
    422,
    new ApiError(
      'api.body-invalid',
      message,
      'Correct the fields named in errors and send all of it again.',
      {
        details: { fields: fields.slice(0, SHOWN) },
      },
    ),
  );
}

/** @throws Refusal 422 with the path of every field that does not fit */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw bodyInvalid(result.error.issues.map(({ path, message }) => ({ path: pathText(path), message })));
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}${text && '.'}${String(part)}`),
    '',
  );
}

/** Field types of the operator's doors, spelled as the protocol spells them. */
export const field = {
  entityAddress: z.string().refine(entityAddress, 'is not an EntityAddress such as ean.871685900012636543'),
  day: z.string().refine(isCalendarDay, 'is not a day such as 2026-01-01'),
  timeZone: z.string().refine(timeZone, 'is not a time zone such as Europe/Amsterdam'),
  /** W, + is consumption. */
  power: z.int32('is not a whole number of watts'),
  isp: z.int32('is not an ISP number').positive('is not an ISP number: the first ISP of a day is 1'),
} as const;
