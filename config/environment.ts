import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { reasonOf } from '../base/errors.ts';
import type { Problem } from './errors.ts';
import { Refusal, port, text, textField } from './fields.ts';
import type { Environment } from './secrets.ts';

const databaseUrl = textField('Write it such as postgresql://USER:PASSWORD@HOST:5432/flexor.', (value) =>
  URL.canParse(value) && /^postgres(?:ql)?:$/.test(new URL(value).protocol)
    ? value
    : new Refusal(
        'This is not the address of a Postgres database.',
        'Write it such as postgresql://USER:PASSWORD@HOST:5432/flexor.',
      ),
);

const temporalAddress = textField('Write it such as 127.0.0.1:7233.', (value) =>
  /^\S+:\d{1,5}$/.test(value)
    ? value
    : new Refusal('This is not host:port.', 'Write it such as 127.0.0.1:7233.'),
);

const portVariable = z.preprocess(
  (value) => (typeof value === 'string' && /^\d{1,5}$/.test(value) ? Number(value) : value),
  port,
);

/** Every variable that is read, apart from those that secrets name themselves. */
const variables = z.object({
  FLEXOR_CONFIG: text.optional(),
  FLEXOR_UFTP_HOST: text.optional(),
  FLEXOR_UFTP_PORT: portVariable.optional(),
  FLEXOR_OPERATOR_HOST: text.optional(),
  FLEXOR_OPERATOR_PORT: portVariable.optional(),
  DATABASE_URL: databaseUrl.optional(),
  DATABASE_URL_FILE: text.optional(),
  TEMPORAL_ADDRESS: temporalAddress.optional(),
  TEMPORAL_NAMESPACE: text.default('default'),
});

/** The names of these variables, for the reference. */
export const VARIABLES = Object.keys(variables.shape);

export type Variables = z.output<typeof variables>;

/** Reads the variables; an empty one counts as absent, as compose files and shells write it. */
export function readEnvironment(env: Environment): { variables?: Variables; problems: Problem[] } {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  try {
    given['DATABASE_URL'] ??=
      given['DATABASE_URL_FILE'] && readFileSync(given['DATABASE_URL_FILE'], 'utf8').trim();
  } catch (thrown) {
    const remedy = 'Name a readable file that holds DATABASE_URL.';
    return { problems: [{ path: 'DATABASE_URL_FILE', message: `${reasonOf(thrown)}.`, remedy }] };
  }
  const read = variables.safeParse(given);
  if (read.success) return { variables: read.data, problems: [] };
  return {
    problems: read.error.issues.map((issue) => ({
      path: String(issue.path[0]),
      message: issue.message,
      remedy: issue.code === 'custom' ? String(issue.params?.['remedy']) : 'Correct the variable.',
    })),
  };
}
