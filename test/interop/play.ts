import { rehearse } from '../../rehearsal/rehearsal.ts';
import { setStage } from '../../rehearsal/stage.ts';
import { Supervisor } from '../../services/index.ts';
import type { Version } from '../../uftp/index.ts';
import type { PythonPeer } from '../peer/python-env.ts';
import { type Cast, exchangeTestMessages, now, type Tell } from './cast.ts';
import { keepPortfolio } from './portfolio.ts';
import { startPythonPeer } from './python-peer.ts';
import { Registry } from './registry.ts';
import { trade } from './trade.ts';

/**
 * A whole Flexor among participants that are all the Python library: it registers its portfolio with a CRO, and
 * trades with a DSO twice: once with a settlement that is right, and once with a DSO that starts a new conversation
 * with every message and overcharges in the end.
 *
 * @returns 0 when all of it happened, or the exit code of a run that was broken off, as the supervisor reports it
 * @throws AssertionError, FlexorError for the first step that does not happen
 */
export async function playWithPython(
  peer: Extract<PythonPeer, { python: string }>,
  version: Version,
  tell: Tell,
  say: (line: string) => void,
): Promise<number> {
  const supervisor = new Supervisor({ say });
  return supervisor.run(async () => {
    const stage = await supervisor.start('the rehearsal’s folder', async () => {
      const set = await setStage({ version });
      return { ...set, stop: () => set.strike() };
    });
    const { dso: dsoFiles, cro: croFiles } = stage.simulators;
    const dso = await supervisor.start('the Python DSO', () =>
      startPythonPeer(peer, dsoFiles.configFile, version),
    );
    const cro = await supervisor.start('the Python CRO', () =>
      startPythonPeer(peer, croFiles.configFile, version),
    );
    const rehearsal = await rehearse(supervisor, stage, { say, simulators: [] });
    const registry = new Registry(cro, () => now({ stage }));
    const cast: Cast = { ...rehearsal, dso, cro, registry, version, tell };
    await exchangeTestMessages(cast, cro);
    await keepPortfolio(cast);
    await exchangeTestMessages(cast, dso);
    await trade(cast, { keepsConversation: true, overcharge: '0', disposition: 'Accepted' });
    await trade(cast, { keepsConversation: false, overcharge: '5.00', disposition: 'Disputed' });
    return 0;
  });
}
