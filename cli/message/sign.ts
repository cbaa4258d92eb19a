import { Command, Option } from 'commander';
import { FlexorError } from '../../base/errors.ts';
import { decode, writeSignedMessage } from '../../uftp/codec/index.ts';
import { ROLES, type Role } from '../../uftp/definition/version.ts';
import { definitionOf, type Message } from '../../uftp/messages/index.ts';
import { encodeBase64, seal, SecretKey } from '../../uftp/signing/index.ts';
import { readFile, readInput } from './input.ts';
import { print, withExitStatus } from './outcome.ts';

interface SignOptions {
  key: string;
  role?: Role;
}

/** `flexor message sign`: the bytes as they are, so that what was read is what is signed. */
export function signCommand(): Command {
  return new Command('sign')
    .description('wrap a payload that follows the schema in a SignedMessage')
    .argument('[file]', 'the payload; standard input when left out or -')
    .requiredOption('--key <file>', 'the file that holds the secret key')
    .addOption(
      new Option('--role <role>', "the sender's role (default: the one that sends such messages)").choices(
        ROLES,
      ),
    )
    .action((file: string | undefined, options: SignOptions) => withExitStatus(() => sign(file, options)));
}

async function sign(file: string | undefined, { key, role }: SignOptions): Promise<number> {
  const secretKey = SecretKey.parse(new TextDecoder().decode(readFile(key)));
  const payload = await readInput(file);
  const message = decode(payload);
  const signed = writeSignedMessage({
    SenderDomain: message.SenderDomain,
    SenderRole: role ?? roleOf(message),
    Body: encodeBase64(seal(payload, secretKey)),
  });
  print(signed);
  return 0;
}

function roleOf({ type }: Message): Role {
  const { from } = definitionOf(type).route;
  if (from !== 'any') return from;
  throw new FlexorError('cli.role-missing', `Every role may send a ${type}.`, 'Say which one with --role.');
}
