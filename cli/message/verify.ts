import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { FlexorError } from '../../base/errors.ts';
import { decode } from '../../uftp/codec/index.ts';
import type { Message } from '../../uftp/messages/index.ts';
import { open, PublicKey } from '../../uftp/signing/index.ts';
import { isWrapper, readFile, readInput, readWrapper } from './input.ts';
import { addJudgingOptions, judgeMessage, type JudgingOptions } from './judging.ts';
import { print, reportRules, withExitStatus } from './outcome.ts';

/** `flexor message verify`: the payload goes to standard output as soon as its signature is known to fit. */
export function verifyCommand(): Command {
  const command = new Command('verify')
    .description('check the signature, schema and rules of a signed message, and print its payload')
    .argument('[file]', 'the SignedMessage; standard input when left out or -')
    .requiredOption(
      '--key <key>',
      "the sender's public key or a file that holds it; repeat it for several",
      (key: string, others: string[] = []) => [...others, key],
    );
  return addJudgingOptions(command).action((file: string | undefined, options: VerifyOptions) =>
    withExitStatus(() => verify(file, options)),
  );
}

interface VerifyOptions extends JudgingOptions {
  key: string[];
}

async function verify(file: string | undefined, options: VerifyOptions): Promise<number> {
  const keys = options.key.map(publicKey);
  const bytes = await readInput(file);
  if (!isWrapper(bytes)) throw notSigned(decode(bytes));
  const { wrapper, sealed } = readWrapper(bytes);
  const { payload } = open(sealed, keys);
  print(payload);
  return reportRules(judgeMessage(decode(payload), options, wrapper));
}

function notSigned({ type }: Message): FlexorError {
  return new FlexorError(
    'cli.not-signed',
    `This is a ${type} without a SignedMessage around it, so there is no signature.`,
    'Use `flexor message validate`, or verify the SignedMessage it came in.',
  );
}

function publicKey(keyOrFile: string): PublicKey {
  if (!existsSync(keyOrFile)) return PublicKey.parse(keyOrFile.trim());
  return PublicKey.parse(new TextDecoder().decode(readFile(keyOrFile)).trim());
}
