import pc from 'picocolors';
import { reasonOf } from '../../base/index.ts';
import { isVersion, VERSIONS } from '../../uftp/index.ts';
import { pythonPeer } from '../peer/python-env.ts';
import { playWithPython } from './play.ts';

/**
 * `npm run interop`: the Python library as CRO and DSO around a whole Flexor, in every version, or in those named
 * (`npm run interop -- 3.0.0`). Exits 0 only if all of it happened.
 */
const asked = process.argv.slice(2);
const unknown = asked.filter((version) => !isVersion(version));
if (unknown.length > 0) {
  console.error(`There is no version ${unknown.join(', ')}: name some of ${VERSIONS.join(', ')}.`);
  process.exit(2);
}
const say = (line: string): void => console.log(pc.dim(`  … ${line}`));
const peer = await pythonPeer(say);
if ('missing' in peer) {
  console.error(`Nothing was tried: ${peer.missing}.`);
  process.exit(1);
}
// A rehearsal moves time: it shares neither database nor Temporal with anybody.
delete process.env['DATABASE_URL'];
delete process.env['TEMPORAL_ADDRESS'];

let passed = 0;
let failed = 0;
const tell = (line: string): void => {
  passed += 1;
  console.log(`${pc.green('✔')} ${String(passed).padStart(2)}. ${line}`);
};
for (const version of VERSIONS.filter((each) => asked.length === 0 || asked.includes(each))) {
  console.log(pc.bold(`\nThe Python library shapeshifter-uftp 2.4.0 as CRO and DSO, in UFTP ${version}\n`));
  try {
    const code = await playWithPython(peer, version, tell, say);
    if (code >= 128) process.exit(code);
    if (code !== 0) failed += 1;
  } catch (failure) {
    failed += 1;
    console.error(`${pc.red('✘')} ${reasonOf(failure)}`);
  }
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
