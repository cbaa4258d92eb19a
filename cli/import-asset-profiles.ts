import { Command } from 'commander';
import { loadConfig } from '../config/index.ts';
import { operatorDoor } from './operator-door.ts';

interface Options {
  readonly config?: string;
  readonly url?: string;
  readonly timeZone?: string;
  readonly ispDuration?: string;
}

/** What became of a file of profiles. */
interface Taken {
  readonly profiles: number;
  readonly changed: number;
}

/** `flexor import asset-profiles FILE`: hands in what assets can do, all of it or nothing. */
export function importAssetProfilesCommand(say: (line: string) => void = console.log): Command {
  return new Command('asset-profiles')
    .description('hand in what assets can do on a day (CSV or JSON): all of it is taken, or nothing')
    .argument(
      '<file>',
      'CSV with columns connection, asset, period, isp, reduceW, increaseW; or JSON { "profiles": […] }',
    )
    .option('-c, --config <file>', 'configuration file (default: FLEXOR_CONFIG)')
    .option('--url <url>', "the operator's door, where it is not the configuration's")
    .option('--time-zone <name>', 'time zone of the days of a CSV file, where markets differ')
    .option('--isp-duration <duration>', 'length of its ISPs such as PT15M, where markets differ')
    .action(async (file: string, { config, url, timeZone, ispDuration }: Options) => {
      const door = operatorDoor(loadConfig(config, process.env), url);
      const query = { timeZone, ispDuration };
      const { body } = await door.sendFile<Taken>('PUT', '/v1/asset-profiles', file, query);
      const { profiles, changed } = body;
      const news = changed === 0 ? 'nothing is new' : `${changed} of them new or changed`;
      say(`${profiles} days of assets, ${news}.`);
    });
}
