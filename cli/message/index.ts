import { Command } from 'commander';
import { newCommand } from './new.ts';
import { EXIT_HELP } from './outcome.ts';
import { showCommand } from './show.ts';
import { signCommand } from './sign.ts';
import { validateCommand } from './validate.ts';
import { verifyCommand } from './verify.ts';

/** `flexor message …`: tools for engineers who have a message in a file and a question about it. */
export function messageCommand(): Command {
  const command = new Command('message').description(
    'verify, sign, validate, show or make a single UFTP message',
  );
  for (const sub of [verifyCommand(), signCommand(), validateCommand(), showCommand(), newCommand()]) {
    command.addCommand(sub.addHelpText('after', EXIT_HELP));
  }
  return command.addHelpText('after', EXIT_HELP);
}
