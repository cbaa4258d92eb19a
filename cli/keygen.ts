import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { ConfigError } from '../config/index.ts';
import { ROLES, type Role } from '../uftp/definition/version.ts';
import { type PublicKey, generateKeyPair } from '../uftp/signing/keys.ts';

interface KeygenOptions {
  out: string;
  domain: string;
  role: Role;
  stdout?: true;
}

/**
 * What to hand to counterparties. UFTP 3.x, service discovery by DNS: the version under `_usef`, the key under the
 * role, and the endpoint's host behind a CNAME.
 */
export function announcement(publicKey: PublicKey, domain: string, role: Role): string[] {
  const label = `_${role.toLowerCase()}._usef.${domain}.`;
  return [
    `Public key: ${publicKey.toString()}`,
    `  with cs1: ${publicKey.toCs1()}`,
    'DNS records, for participants that look you up there:',
    `  _usef.${domain}. IN TXT "3.1.0"`,
    `  ${label} IN TXT "${publicKey.toCs1()}"`,
    `and _http.${label} as a CNAME of your endpoint's host.`,
  ];
}

/**
 * `flexor keygen`. The secret key goes to a file that only its owner may read, and is never printed unless
 * `--stdout` asks for it; then it is all there is on standard output, and the rest goes to standard error.
 */
export function keygenCommand(
  say: (line: string) => void = console.log,
  note: (line: string) => void = console.error,
): Command {
  return new Command('keygen')
    .description('make a key pair: the secret key for a file, the public key for your counterparties')
    .option('--out <file>', 'where to write the secret key', 'secrets/signing.key')
    .option('--domain <domain>', 'the domain to write DNS records for', 'agr.example.com')
    .addOption(new Option('--role <role>', 'the role to write DNS records for').choices(ROLES).default('AGR'))
    .option('--stdout', 'print the secret key instead of writing it to a file')
    .action(({ out, domain, role, stdout }: KeygenOptions) => {
      const { secretKey, publicKey } = generateKeyPair();
      const lines = announcement(publicKey, domain, role);
      if (stdout) {
        say(secretKey.reveal());
        lines.forEach((line) => note(line));
        return;
      }
      writeSecret(resolve(out), `${secretKey.reveal()}\n`);
      say(`Wrote the secret key to ${out}. Keep a copy in a safe place; it cannot be made again.`);
      lines.forEach((line) => say(line));
    });
}

function writeSecret(file: string, secret: string): void {
  if (existsSync(file)) {
    throw new ConfigError(
      'config.exists',
      `${file} exists already, and a key that is lost cannot be made again.`,
      'Name another file with --out, or move the old key first.',
    );
  }
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, secret, { flag: 'wx', mode: 0o600 });
}
