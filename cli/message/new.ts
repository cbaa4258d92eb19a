import { randomUUID } from 'node:crypto';
import { Argument, Command, Option } from 'commander';
import { type Clock, systemClock } from '../../base/clock.ts';
import { encode } from '../../uftp/codec/index.ts';
import { type Version, VERSIONS } from '../../uftp/definition/version.ts';
import { MESSAGES, type MessageType } from '../../uftp/messages/index.ts';
import { sampleOf } from '../../uftp/samples/index.ts';
import { print, withExitStatus } from './outcome.ts';

interface NewOptions {
  version: Version;
  from?: string;
  to?: string;
  fixed?: true;
}

/** `flexor message new`: something valid to begin with, written now and with identifiers of its own. */
export function newCommand(clock: Clock = systemClock): Command {
  return new Command('new')
    .description('print a valid message of a type, to begin with')
    .addArgument(new Argument('<type>', 'the type of message').choices(Object.keys(MESSAGES)))
    .addOption(
      new Option('--version <version>', 'the version to write it in').choices(VERSIONS).default('3.1.0'),
    )
    .option('--from <domain>', 'its SenderDomain')
    .option('--to <domain>', 'its RecipientDomain')
    .option('--fixed', 'the same identifiers and days every time')
    .action((type: MessageType, { version, from, to, fixed }: NewOptions) =>
      withExitStatus(async () => {
        const overrides = { ...(from && { SenderDomain: from }), ...(to && { RecipientDomain: to }) };
        const source = fixed ? {} : { clock, newId: randomUUID };
        print(encode(sampleOf(type, version, overrides, source)));
        return 0;
      }),
    );
}
