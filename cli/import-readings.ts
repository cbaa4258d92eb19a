import { Command } from 'commander';
import { loadConfig } from '../config/index.ts';
import { operatorDoor } from './operator-door.ts';

interface Options {
  readonly config?: string;
  readonly url?: string;
  readonly again?: boolean;
  readonly timeZone?: string;
  readonly ispDuration?: string;
}

/** What became of a file of readings. */
interface Taken {
  readonly importId: string;
  readonly repeated: boolean;
  readonly lines: number;
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly changedDays: number;
}

/** `flexor import readings FILE`: hands meter readings in, all of them or none. */
export function importReadingsCommand(say: (line: string) => void = console.log): Command {
  return new Command('readings')
    .description('hand in a CSV file of meter readings: all of it is taken, or nothing')
    .argument('<file>', 'CSV with columns connection, kind, value, unit, and time or period and isp')
    .option('-c, --config <file>', 'configuration file (default: FLEXOR_CONFIG)')
    .option('--url <url>', "the operator's door, where it is not the configuration's")
    .option('--time-zone <name>', 'time zone of local times, where markets differ')
    .option('--isp-duration <duration>', 'length of an ISP such as PT15M, where markets differ')
    .option('--again', 'take a file that was taken before, even if its readings were corrected since')
    .action(async (file: string, options: Options) => {
      const { config, url, again, timeZone, ispDuration } = options;
      const door = operatorDoor(loadConfig(config, process.env), url);
      const query = { timeZone, ispDuration, again: again ? 'true' : undefined };
      const { body } = await door.sendFile<Taken>('POST', '/v1/meter-readings', file, query);
      const { repeated, importId, lines, added, changed, unchanged, changedDays } = body;
      if (repeated) return say(`This file was taken before (import ${importId}); nothing was changed.`);
      say(
        `Import ${importId}: ${lines} readings; ${changedDays} days of connections are not what they were.`,
      );
      say(`${added} values added, ${changed} changed, ${unchanged} unchanged`);
    });
}
