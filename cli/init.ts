import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { Command } from 'commander';
import { ConfigError, exampleConfig } from '../config/index.ts';

const SECRETS_NOTE = `# Secrets

What lies here is read by Flexor when it is needed, and belongs nowhere else: not in the configuration, not in
version control (the .gitignore beside this note sees to that), not in a mail.

| file | what | made by |
|---|---|---|
| signing.key | the key that signs your messages | \`flexor keygen --out secrets/signing.key\` |
| operator.token | the bearer token of the operator's door | \`flexor init\`; any long random text will do |

Keep each readable for its owner alone (chmod 600): Flexor warns where it is not.
`;

/** The files of a new configuration folder: path, content, and who may read it. */
function exampleFiles(): [path: string, content: string, mode: number][] {
  return [
    ['flexor.yaml', exampleConfig(), 0o644],
    ['secrets/README.md', SECRETS_NOTE, 0o644],
    ['secrets/.gitignore', '*\n!.gitignore\n!README.md\n', 0o644],
    ['secrets/operator.token', `${randomBytes(32).toString('hex')}\n`, 0o600],
  ];
}

/**
 * Writes the commented example configuration and the folder for secrets.
 *
 * @returns the configuration file's absolute path
 * @throws ConfigError `config.exists`, before anything is written, where any of the files is there already
 */
export function initialise(folder: string): string {
  const files = exampleFiles().map(([path, ...rest]) => [resolve(folder, path), ...rest] as const);
  const taken = files.map(([path]) => path).filter((path) => existsSync(path));
  if (taken.length > 0) {
    throw new ConfigError(
      'config.exists',
      `Nothing was written, because this exists already: ${taken.join(', ')}.`,
      'Name another folder, or move what is there.',
    );
  }
  mkdirSync(join(folder, 'secrets'), { recursive: true, mode: 0o700 });
  for (const [path, content, mode] of files) writeFileSync(path, content, { flag: 'wx', mode });
  return files[0]![0];
}

/** `flexor init [DIR]`. */
export function initCommand(say: (line: string) => void = console.log): Command {
  return new Command('init')
    .description('write a commented example configuration and a folder for secrets')
    .argument('[dir]', 'where to write them', '.')
    .action((folder: string) => {
      const file = relative(process.cwd(), initialise(folder));
      const key = relative(process.cwd(), resolve(folder, 'secrets/signing.key'));
      say(`Wrote ${file} and the secrets folder beside it. Next:`);
      say(`  flexor keygen --out ${key}`);
      say(`  put your own domain, participants and connections into ${file}`);
      say(`  flexor up --config ${file}`);
    });
}
