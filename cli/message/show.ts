import { Command } from 'commander';
import { decode } from '../../uftp/codec/index.ts';
import type { Message } from '../../uftp/messages/index.ts';
import { readInput, unwrap } from './input.ts';
import { addMarketOptions, type JudgingOptions } from './judging.ts';
import { withExitStatus } from './outcome.ts';
import { type Grid, renderMessage } from './render.ts';

/** `flexor message show`: for people; the signature is not looked at, and the text says so. */
export function showCommand(): Command {
  const command = new Command('show')
    .description('print a signed or plain message as readable tables, with the local times of its ISPs')
    .argument('[file]', 'the message; standard input when left out or -');
  return addMarketOptions(command).action((file: string | undefined, options: JudgingOptions) =>
    withExitStatus(() => show(file, options)),
  );
}

async function show(file: string | undefined, options: JudgingOptions): Promise<number> {
  const { payload, wrapper } = unwrap(await readInput(file));
  const message = decode(payload);
  if (wrapper) {
    console.log(`Signed by ${wrapper.SenderRole} ${wrapper.SenderDomain} (signature not verified)\n`);
  }
  console.log(renderMessage(message, gridOf(message, options)));
  return 0;
}

/** A FlexSettlement states neither zone nor ISP duration: without options its ISPs have no times. */
function gridOf(message: Message, options: JudgingOptions): Partial<Grid> {
  const own = message as Partial<Grid>;
  return {
    TimeZone: options.timeZone ?? own.TimeZone,
    ISPDuration: options.ispDuration ?? own.ISPDuration,
  };
}
