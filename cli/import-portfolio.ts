import { Command } from 'commander';
import { loadConfig } from '../config/index.ts';
import { operatorDoor } from './operator-door.ts';

interface Options {
  readonly config?: string;
  readonly url?: string;
  readonly apply?: boolean;
  readonly leavesOn?: string;
  readonly by?: string;
}

interface Days {
  readonly startPeriod: string;
  readonly endPeriod?: string;
  readonly assets: readonly unknown[];
}

/** What the door says a list changes. */
interface Comparison {
  readonly version: number;
  readonly applied: boolean;
  readonly added: number;
  readonly changed: number;
  readonly leaving: number;
  readonly unchanged: number;
  readonly changes: readonly {
    readonly connection: string;
    readonly kind: 'added' | 'changed' | 'leaving';
    readonly before: readonly Days[];
    readonly after: readonly Days[];
  }[];
}

const DOOR = '/v1/portfolio/imports';

/** `flexor import portfolio FILE`: shows what a list would change, and with `--apply` changes just that. */
export function importPortfolioCommand(say: (line: string) => void = console.log): Command {
  return new Command('portfolio')
    .description(
      'compare a complete list of connections (CSV or JSON) with the portfolio, or make it the portfolio',
    )
    .argument('<file>', 'CSV with columns connection, from, to, …; or JSON { "connections": […] }')
    .option('-c, --config <file>', 'configuration file (default: FLEXOR_CONFIG)')
    .option('--url <url>', "the operator's door, where it is not the configuration's")
    .option('--apply', 'apply what is shown')
    .option('--leaves-on <day>', 'last day of the connections that are not on the list (default: today)')
    .option('--by <name>', 'your name, for the record of changes')
    .action(async (file: string, { config, url, apply, leavesOn, by }: Options) => {
      const door = operatorDoor(loadConfig(config, process.env), url);
      const query = { leavesOn };
      const name: Record<string, string> =
        by === undefined ? {} : { operator: Buffer.from(by).toString('latin1') };
      const shown = await door.sendFile<Comparison>('POST', DOOR, file, query, name);
      for (const line of described(shown.body)) say(line);
      const { added, changed, leaving } = shown.body;
      if (added + changed + leaving === 0) return;
      if (!apply) return say('Nothing was changed. To apply this, add --apply.');
      const headers = { ...name, 'if-match': shown.etag! };
      const applied = await door.sendFile<Comparison>(
        'POST',
        DOOR,
        file,
        { ...query, apply: 'true' },
        headers,
      );
      say(`Applied: the portfolio is at version ${applied.body.version}. Each CRO is told.`);
    });
}

/** A comparison for people: the counts, then the first changes of each kind. */
function described({ added, changed, leaving, unchanged, changes }: Comparison): string[] {
  const counts = `${added} added, ${changed} changed, ${leaving} leaving, ${unchanged} unchanged`;
  const totals = { added, changed, leaving };
  return [
    counts,
    ...(['added', 'changed', 'leaving'] as const).flatMap((kind) => {
      const shown = changes.filter((change) => change.kind === kind);
      const rest = totals[kind] - shown.length;
      return [
        ...shown.map(({ connection, before, after }) => {
          const was = before.length > 0 ? `${before.map(days).join(', ')} -> ` : '';
          return `  ${kind.padEnd(7)} ${connection}  ${was}${after.map(days).join(', ')}`;
        }),
        ...(rest > 0 ? [`  … and ${rest} more ${kind}`] : []),
      ];
    }),
  ];
}

const days = ({ startPeriod, endPeriod, assets }: Days): string =>
  `${startPeriod} to ${endPeriod ?? 'further notice'} (${assets.length} assets)`;
