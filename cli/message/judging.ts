import { type Command, InvalidArgumentError, Option } from 'commander';
import { isKnownTimeZone, ispMinutesIfAny } from '../../uftp/calendar/index.ts';
import type { SignedMessage } from '../../uftp/codec/index.ts';
import { ROLES, type Role, type Version } from '../../uftp/definition/version.ts';
import type { Message } from '../../uftp/messages/index.ts';
import { judgeAlone, type Rejection } from '../../uftp/rules/index.ts';

/** What the rules need beyond the message: the market's constants, the moment, the role it is received in. */
export interface JudgingOptions {
  timeZone?: string;
  ispDuration?: string;
  at?: string;
  receivedBy?: Role;
}

export function addMarketOptions(command: Command): Command {
  return command
    .option('--time-zone <zone>', "the market's time zone (default: the message's own)", timeZone)
    .option('--isp-duration <duration>', "the market's ISP duration (default: the message's own)", duration);
}

export function addJudgingOptions(command: Command): Command {
  return addMarketOptions(command)
    .option(
      '--at <instant>',
      "judge as if received at this instant (default: the message's TimeStamp)",
      instant,
    )
    .addOption(new Option('--received-by <role>', 'the role it was sent to').choices(ROLES));
}

/** The rules on the message alone that it breaks. */
export function judgeMessage(
  message: Message,
  options: JudgingOptions,
  wrapper?: SignedMessage,
  versions?: readonly Version[],
): Rejection[] {
  const { at, receivedBy } = options;
  const own = message as { TimeZone?: string; ISPDuration?: string };
  const TimeZone = options.timeZone ?? own.TimeZone;
  const ISPDuration = options.ispDuration ?? own.ISPDuration;
  const stated = options.timeZone !== undefined || options.ispDuration !== undefined;
  return judgeAlone(message, {
    now: at ?? message.TimeStamp,
    ...(stated &&
      usable(TimeZone, ISPDuration) && { market: { TimeZone: TimeZone!, ISPDuration: ISPDuration! } }),
    ...(wrapper && { wrapper }),
    ...(versions && { versions }),
    ...(receivedBy && { recipientRole: receivedBy }),
  });
}

/** What only one of the two options states is taken from the message, which may state nonsense. */
function usable(zone: string | undefined, length: string | undefined): boolean {
  return (
    zone !== undefined &&
    isKnownTimeZone(zone) &&
    length !== undefined &&
    ispMinutesIfAny(length) !== undefined
  );
}

function timeZone(text: string): string {
  if (!isKnownTimeZone(text)) throw new InvalidArgumentError('Name a zone such as Europe/Amsterdam.');
  return text;
}

function duration(text: string): string {
  if (ispMinutesIfAny(text) === undefined) throw new InvalidArgumentError('Write it as PT15M.');
  return text;
}

function instant(text: string): string {
  if (!/^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:\d\d)$/.test(text) || Number.isNaN(Date.parse(text))) {
    throw new InvalidArgumentError('Write it as 2026-01-01T00:00:00Z.');
  }
  return new Date(text).toISOString();
}
