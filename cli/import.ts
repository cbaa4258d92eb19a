import { Command } from 'commander';
import { importAssetProfilesCommand } from './import-asset-profiles.ts';
import { importPortfolioCommand } from './import-portfolio.ts';
import { importReadingsCommand } from './import-readings.ts';

/** `flexor import …`: hands files to a running Flexor, at the operator's door. */
export function importCommand(): Command {
  const command = new Command('import').description('hand a file to a running Flexor');
  command.addCommand(importPortfolioCommand());
  command.addCommand(importReadingsCommand());
  command.addCommand(importAssetProfilesCommand());
  return command;
}
