import { Command, Option } from 'commander';
import { ALL_RELAXATIONS, decode, encode, STRICT } from '../../uftp/codec/index.ts';
import { isVersion, type Version, VERSIONS } from '../../uftp/definition/version.ts';
import type { Message } from '../../uftp/messages/index.ts';
import { readInput, unwrap } from './input.ts';
import { addJudgingOptions, judgeMessage, type JudgingOptions } from './judging.ts';
import { reportRules, withExitStatus } from './outcome.ts';

interface ValidateOptions extends JudgingOptions {
  version?: Version;
  strict?: true;
}

/** `flexor message validate`: a payload, or one inside a SignedMessage whose signature is not looked at. */
export function validateCommand(): Command {
  const command = new Command('validate')
    .description('check a message against the schema and the rules of a version, without its signature')
    .argument('[file]', 'a payload or a SignedMessage; standard input when left out or -')
    .addOption(
      new Option('--version <version>', "the version to check against (default: the message's own)").choices(
        VERSIONS,
      ),
    )
    .option('--strict', 'follow the official schema to the letter, without the known relaxations');
  return addJudgingOptions(command).action((file: string | undefined, options: ValidateOptions) =>
    withExitStatus(() => validate(file, options)),
  );
}

async function validate(file: string | undefined, options: ValidateOptions): Promise<number> {
  const { payload, wrapper } = unwrap(await readInput(file));
  const message = decode(payload, { relaxations: options.strict ? STRICT : ALL_RELAXATIONS });
  const version = options.version ?? (isVersion(message.Version) ? message.Version : undefined);
  // Encoding is strict: writing the message as that version's shows whether its schema has all it holds.
  const judged: Message = version === undefined ? message : { ...message, Version: version };
  if (judged.Version !== message.Version) encode(judged);
  const status = reportRules(judgeMessage(judged, options, wrapper));
  if (status === 0) console.log(`${message.type} follows the schema and the rules of ${judged.Version}.`);
  return status;
}
