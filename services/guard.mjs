// Runs one foreign program for a supervisor and outlives it just long enough to end that program.
// Started by spawnGuarded (guarded.ts) in a session of its own, so neither Ctrl-C nor a closed terminal
// reaches it or the program: only the supervisor, or its death, decides when the program ends.
//
//   argv[2]  JSON: { command, args, cwd, env, uid, gid, logFile, stopSignal, graceMs, scratch }
//   stdin    the supervisor's lifeline: a line with milliseconds asks for a stop; its end means that the
//            supervisor is gone, however it went
//   stdout   one JSON object a line: { pid }, then { code, signal }; or { error }
import { spawn } from 'node:child_process';
import { openSync, rmSync } from 'node:fs';

const spec = JSON.parse(process.argv[2]);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
process.stdout.on('error', () => {}); // the supervisor is gone: there is nobody to tell

const tell = (report) => new Promise((done) => process.stdout.write(`${JSON.stringify(report)}\n`, done));
const log = openSync(spec.logFile, 'a', 0o600);
const child = spawn(spec.command, spec.args, {
  cwd: spec.cwd,
  env: { ...process.env, ...spec.env },
  uid: spec.uid,
  gid: spec.gid,
  detached: true,
  stdio: ['ignore', log, log],
});

child.on('spawn', () => tell({ pid: child.pid }));
child.on('error', (failure) => tell({ error: failure.message }).then(() => process.exit(1)));
child.on('exit', async (code, signal) => {
  await tell({ code, signal });
  if (abandoned && spec.scratch) rmSync(spec.scratch, { recursive: true, force: true, maxRetries: 3 });
  process.exit(0);
});

let stopping = false;
let abandoned = false;
function stop(graceMs) {
  if (!stopping) child.kill(spec.stopSignal);
  stopping = true;
  setTimeout(() => killGroup(), graceMs);
}

function killGroup() {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

process.stdin.setEncoding('utf8');
process.stdin.on('data', (line) => stop(Number.parseInt(line, 10)));
process.stdin.on('end', abandon);
process.stdin.on('error', abandon);

function abandon() {
  abandoned = true;
  stop(spec.graceMs);
}
