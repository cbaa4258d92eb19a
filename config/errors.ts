import { FlexorError } from '../base/errors.ts';

export type ConfigErrorCode =
  'config.file-missing' | 'config.invalid' | 'config.secret-missing' | 'config.exists';

/** Something about the configuration that its author can put right. */
export class ConfigError extends FlexorError<ConfigErrorCode> {}

/** One thing wrong with the configuration. It never quotes a value: a value may be a secret in the wrong place. */
export interface Problem {
  /** The field, such as `participants[0].endpoint`; the variable's name where the environment is at fault. */
  readonly path: string;
  /** Where in the file, from 1; absent for the environment. */
  readonly line?: number;
  readonly message: string;
  readonly remedy: string;
}

/**
 * One error that tells every problem, in the order of the file, so that a configuration is put right in one go.
 * The problems are also in `details.problems`.
 */
export function invalidConfig(file: string, problems: readonly Problem[]): ConfigError {
  const sorted = [...problems].sort((a, b) => (a.line ?? Infinity) - (b.line ?? Infinity));
  const lines = sorted.map(({ path, line, message, remedy }) => {
    const place = [line === undefined ? '' : `line ${line}`, path].filter(Boolean).join(', ');
    return `  ${place}: ${message} ${remedy}`;
  });
  const count = sorted.length === 1 ? 'a problem' : `${sorted.length} problems`;
  return new ConfigError(
    'config.invalid',
    [`The configuration ${file} has ${count}:`, ...lines].join('\n'),
    'Correct the fields named above; docs/configuration.md describes every field.',
    { details: { file, problems: sorted } },
  );
}
