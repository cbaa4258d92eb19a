import { ApiError, Refusal } from '../errors.ts';
import type { FieldError } from '../operator/body.ts';
import type { Problem } from './sheet.ts';

/** How many problems an answer names. */
const NAMED = 1_000;

/** A file that cannot be taken, with every line that is wrong. Nothing of it was stored. */
export function fileRefused(file: string, problems: readonly Problem[]): Refusal {
  const lines = new Set(problems.map(({ place }) => place)).size;
  const message = `${file} cannot be taken: ${problems.length} problems in ${lines} lines. Nothing was stored.`;
  const fields = problems
    .toSorted((a, b) => a.place - b.place)
    .slice(0, NAMED)
    .map(({ place, field, reason }) => {
      const text = named(reason, (other) => `line ${other}`);
      return { path: `${file}:${place}:${field}`, file, line: place, field, message: text };
    });
  const remedy = 'Correct the lines named in errors and send the whole file again.';
  return new Refusal(422, new ApiError('api.body-invalid', message, remedy, { details: { fields } }));
}

/** A JSON file that cannot be taken, with the path of every entry that is wrong. Nothing of it was stored. */
export function jsonFileRefused(file: string, problems: readonly FieldError[]): Refusal {
  const message = `${file} cannot be taken: ${problems.length} problems. Nothing was stored.`;
  const fields = problems
    .slice(0, NAMED)
    .map(({ path, message: reason }) => ({ path, file, field: path.split('.').at(-1), message: reason }));
  const remedy = 'Correct what is named in errors and send the whole file again.';
  return new Refusal(422, new ApiError('api.body-invalid', message, remedy, { details: { fields } }));
}

/** Reads a file's JSON; what is wrong with it is said with the file's name. */
export function inFile<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    const fields = thrown instanceof Refusal && (thrown.error.details as { fields?: FieldError[] }).fields;
    if (fields) throw jsonFileRefused(file, fields);
    throw thrown;
  }
}

/** A reason with other places in the words of whoever handed it in. */
export function named(reason: string, placeName: (place: number) => string): string {
  return reason.replaceAll(/\{place (\d+)\}/g, (_, place: string) => placeName(Number(place)));
}
