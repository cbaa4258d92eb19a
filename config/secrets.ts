import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError } from './errors.ts';
import { Refusal, field } from './fields.ts';

/** Where a secret is kept; never the secret itself. Files of a loaded configuration are absolute. */
export type SecretRef = { readonly file: string } | { readonly env: string };

export type Environment = Readonly<Record<string, string | undefined>>;

/** A reference to a secret. Anything that might be the secret itself is refused, without repeating it. */
export const secretRef = field((value): SecretRef | Refusal => {
  const remedy = 'Write { file: path } or { env: NAME }.';
  if (typeof value !== 'object' || value === null) {
    return new Refusal('Secrets never stand in this file: if this was one, replace it.', remedy);
  }
  const entries = Object.entries(value);
  const [name, target] = entries[0] ?? [];
  if (entries.length !== 1 || typeof target !== 'string' || target.trim() === '') {
    return new Refusal('A secret is named by exactly one of file and env.', remedy);
  }
  if (name === 'file') return { file: target };
  if (name !== 'env') return new Refusal('A secret is named by file or env.', remedy);
  return /^[A-Za-z_]\w*$/.test(target)
    ? { env: target }
    : new Refusal('This is not the name of an environment variable.', remedy);
});

/** A file that is no secret, such as a certificate. */
export const fileRef = field((value): { readonly file: string } | Refusal => {
  const remedy = 'Write { file: path }.';
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const [name, target] = entries[0] ?? [];
  return entries.length === 1 && name === 'file' && typeof target === 'string' && target.trim() !== ''
    ? { file: target }
    : new Refusal('A file is named here, and nothing else.', remedy);
});

/** File references made absolute; relative ones begin at `folder`. */
export function anchored<T extends SecretRef>(ref: T, folder: string): T {
  return 'file' in ref ? { ...ref, file: resolve(folder, ref.file) } : ref;
}

/**
 * Reads a secret, white space around it dropped.
 *
 * @throws ConfigError `config.secret-missing` where the file or variable is missing, unreadable or empty
 */
export function readSecret(ref: SecretRef, env: Environment): string {
  const value = ('file' in ref ? readFile(ref.file) : (env[ref.env] ?? '')).trim();
  if (value !== '') return value;
  throw missing('file' in ref ? `file ${ref.file} is empty` : `variable ${ref.env} is not set`);
}

/** A warning where others than the owner may read a secret's file; nothing where it is absent or well kept. */
export function looseFileWarning(ref: SecretRef): string | undefined {
  // Windows keeps access lists, not mode bits.
  if (!('file' in ref) || process.platform === 'win32') return undefined;
  const mode = statSync(ref.file, { throwIfNoEntry: false })?.mode;
  if (mode === undefined || (mode & 0o077) === 0) return undefined;
  return `Others than its owner may use the secret file ${ref.file}: run chmod 600 on it.`;
}

function readFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw missing(`file ${file} cannot be read`, cause);
  }
}

function missing(what: string, cause?: unknown): ConfigError {
  return new ConfigError(
    'config.secret-missing',
    `A secret is missing: the ${what}.`,
    'Create it (`flexor keygen` makes a signing key), or correct the reference in the configuration.',
    { cause },
  );
}
