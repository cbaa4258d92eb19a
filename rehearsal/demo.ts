import { Command, Option } from 'commander';
import pc from 'picocolors';
import { systemClock } from '../base/index.ts';
import { tellFailure } from '../cli/failure.ts';
import { Supervisor } from '../services/index.ts';
import { type Rehearsal, rehearse } from './rehearsal.ts';
import { ispLines, timelineLines } from './report.ts';
import { setStage } from './stage.ts';
import { type Story, STORIES } from './stories/index.ts';

/** `flexor demo`: an aggregator's whole job against a simulated DSO and CRO, told as it happens. */
const { once, list, scenario } = new Command('flexor demo')
  .option('--once', 'end when the story is told')
  .option('--list', 'name all scenarios, one a line')
  .addOption(
    new Option('--scenario <name>', 'tell another story, and end').choices(STORIES.map(({ name }) => name)),
  )
  .parse()
  .opts<{ once?: true; list?: true; scenario?: string }>();
const story: Story = STORIES.find(({ name }) => name === scenario) ?? STORIES[0]!;
const say = (line: string): void => console.log(pc.dim(`  … ${line}`));

/** Whether the story was told to its end. */
let told = false;

if (list) STORIES.forEach(({ name }) => console.log(name));
else process.exitCode = await new Supervisor({ say }).run(tellStory).catch(tellFailure);

async function tellStory(supervisor: Supervisor): Promise<number | undefined> {
  console.log(pc.bold(`\nFlexor: ${story.title}\n`));
  const began = systemClock.now().getTime();
  const stage = await supervisor.start('the rehearsal’s folder', async () => {
    const { configure } = story;
    const set = await setStage({ ...(configure && { configure }) });
    return {
      ...set,
      stop: async () => {
        await set.strike({ keepLogs: !told });
        if (!told) say(`The logs of the parts are kept in ${set.logDir}`);
      },
    };
  });
  const rehearsal = await rehearse(supervisor, stage, { say });

  console.log(pc.bold('\nThe story\n'));
  let step = 0;
  const tell = (line: string): void => {
    step += 1;
    console.log(`${pc.green('✔')} ${String(step).padStart(2)}. ${line}`);
  };
  const report = await story.play(rehearsal, tell);

  told = true;
  if (report) {
    console.log(pc.bold('\nThe conversation\n'));
    timelineLines(report).forEach((line) => console.log(line));
    if (report.conversation.snapshot.orders.length > 0) {
      console.log(pc.bold('\nWhat was agreed and done\n'));
      ispLines(report).forEach((line) => console.log(line));
    }
  }
  const seconds = Math.round((systemClock.now().getTime() - began) / 1000);
  console.log(`\n${pc.bold(`All ${step} steps happened`)}, ${marketTime(rehearsal)} in ${seconds} seconds.`);
  if (once || scenario) return 0;

  const { flexor } = rehearsal;
  console.log(`
Everything still runs:
  conversation        curl -H "Authorization: Bearer $(cat ${stage.folder}/secrets/operator.token)" \\
                        ${flexor.operatorUrl}/v1/conversations
  health, metrics     ${flexor.operatorUrl}/readyz  ${flexor.operatorUrl}/metrics
  Temporal            ${flexor.temporalUi}
  logs, configuration ${stage.folder}

Press Ctrl-C to stop all of it.
`);
  return undefined;
}

/** How much time passed in the market while the story was told. */
function marketTime({ stage }: Rehearsal): string {
  const hours = Math.round((stage.clock.now().getTime() - systemClock.now().getTime()) / 3_600_000);
  if (hours < 1) return 'some minutes';
  return hours < 48 ? `${hours} hours` : `${Math.ceil(hours / 24)} days`;
}
