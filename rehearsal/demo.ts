import pc from 'picocolors';
import { systemClock } from '../base/index.ts';
import { Supervisor } from '../services/index.ts';
import { rehearse } from './rehearsal.ts';
import { ispLines, timelineLines } from './report.ts';
import { setStage } from './stage.ts';
import { playStandardStory } from './story.ts';

/** `flexor demo`: an aggregator's whole job against a simulated DSO and CRO, told as it happens. */
const once = process.argv.includes('--once');
const say = (line: string): void => console.log(pc.dim(`  … ${line}`));

/** Whether the story was told to its end. */
let told = false;

process.exitCode = await new Supervisor({ say }).run(async (supervisor) => {
  console.log(pc.bold('\nFlexor: an aggregator’s whole job, on this machine\n'));
  const began = systemClock.now().getTime();
  const stage = await supervisor.start('the rehearsal’s folder', async () => {
    const set = await setStage({ uftpPort: 8080, operatorPort: 8081 });
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
  const report = await playStandardStory(rehearsal, tell);

  told = true;
  console.log(pc.bold('\nThe conversation\n'));
  timelineLines(report).forEach((line) => console.log(line));
  console.log(pc.bold('\nWhat was agreed and done\n'));
  ispLines(report).forEach((line) => console.log(line));
  const seconds = Math.round((systemClock.now().getTime() - began) / 1000);
  console.log(`\n${pc.bold(`All ${step} steps happened`)}, three days in ${seconds} seconds.`);
  if (once) return 0;

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
});
