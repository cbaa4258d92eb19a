#!/usr/bin/env node
// Makes a fresh checkout runnable, then runs Flexor. Needs nothing but Node: no package may be imported here.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const inRoot = (...names) => path.join(root, ...names);
const say = (line) => process.stderr.write(`flexor: ${line}\n`);
const installStamp = inRoot('node_modules', '.flexor-installed');
const schemaStamp = inRoot('store', 'generated', '.flexor-schema');

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  say(`Node ${process.versions.node} is too old: Flexor needs Node 20.19 or later (https://nodejs.org).`);
  process.exit(1);
}

try {
  await prepare();
} catch (failure) {
  say(failure.message);
  process.exit(1);
}
await runFlexor();

/** Installs and generates what is missing; of several starts at once, one does it and the others wait. */
async function prepare() {
  if (isInstalled() && isGenerated()) return;
  const release = await lock(inRoot('.flexor', 'bootstrap.lock'));
  try {
    if (!isInstalled()) {
      await step(
        'Installing dependencies (npm ci); the first time this takes a minute or two.',
        ...npm('ci', '--loglevel=error', '--no-audit', '--no-fund'),
      );
      writeFileSync(installStamp, hashOf('package-lock.json'));
    }
    if (!isGenerated()) {
      // `prisma generate` wants a schema engine it never runs, and would download one: any program will do.
      const env = { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: '1' };
      const prisma = inRoot('node_modules', 'prisma', 'build', 'index.js');
      const args = [prisma, 'generate', '--schema', inRoot('prisma', 'schema.prisma')];
      await step('Generating the database client.', process.execPath, args, env);
      writeFileSync(schemaStamp, schemaVersion());
    }
  } finally {
    release();
  }
}

/** Whether node_modules holds what the lock file asks for, installed by us or by hand. */
function isInstalled() {
  if (readText(installStamp) === hashOf('package-lock.json')) return true;
  const have = packagesOf('node_modules/.package-lock.json');
  const want = packagesOf('package-lock.json');
  return (
    have !== undefined &&
    Object.entries(want ?? {}).every(([name, { version, optional }]) => {
      if (name === '') return true; // Flexor itself
      // Packages for other platforms are in the lock file, but not installed.
      return have[name] === undefined ? optional === true : have[name].version === version;
    })
  );
}

/** Whether the database client was generated from the present schema by the present Prisma. */
function isGenerated() {
  return !existsSync(inRoot('prisma', 'schema.prisma')) || readText(schemaStamp) === schemaVersion();
}

function schemaVersion() {
  return `${hashOf('prisma/schema.prisma')} ${packagesOf('package-lock.json')?.['node_modules/prisma']?.version}`;
}

function packagesOf(file) {
  const text = readText(inRoot(file));
  return text === undefined ? undefined : JSON.parse(text).packages;
}

function hashOf(file) {
  return createHash('sha256')
    .update(readFileSync(inRoot(file)))
    .digest('hex');
}

function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** npm's own program where we were started by npm (it need not be on PATH), else the one on PATH. */
function npm(...args) {
  const program = process.env.npm_execpath;
  return program?.endsWith('npm-cli.js') ? [process.execPath, [program, ...args]] : ['npm', args];
}

/** Runs one slow step; its output goes to stderr, as stdout belongs to the command. */
async function step(title, command, args, env = {}) {
  say(title);
  let seconds = 0;
  const reminder = setInterval(() => say(`still at it (${(seconds += 20)} s)`), 20_000);
  const child = spawn(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, ...env },
    shell: process.platform === 'win32' && command === 'npm',
  });
  const result = await new Promise((done) => {
    child.once('error', (failure) => done(failure.message));
    child.once('exit', (code, signal) =>
      done(code === 0 ? undefined : `it ended with ${signal ?? `code ${code}`}`),
    );
  });
  clearInterval(reminder);
  if (result === undefined) return;
  throw new Error(
    `This failed: ${command} ${args.join(' ')}\n        ${result}; run it by hand in ${root} to see why.`,
  );
}

/** Takes a lock file, waiting for the process that holds it; a dead holder's lock is taken over. */
async function lock(file) {
  mkdirSync(path.dirname(file), { recursive: true });
  const mine = `${process.pid}\n`;
  for (let waited = false; ; waited = true) {
    try {
      writeFileSync(file, mine, { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (failure) {
      if (failure.code !== 'EEXIST') throw failure;
    }
    const holder = readText(file);
    if (holder !== undefined && holder !== '' && !isAlive(Number.parseInt(holder, 10))) {
      takeAway(file, holder);
      continue;
    }
    if (!waited) say('Waiting for another start of Flexor to finish its installation.');
    await pause(200);
  }
}

/** Removes a dead holder's lock, unless somebody else has taken it over since we looked. */
function takeAway(file, holder) {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return; // taken away already
  }
  if (readText(aside) === holder) rmSync(aside);
  else renameSync(aside, file);
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (failure) {
    return failure.code === 'EPERM';
  }
}

/** Runs the command-line program in the caller's directory and ends as it ends. */
async function runFlexor() {
  // `npm run` changes to the package's directory; relative paths are meant from where the user is.
  const byNpm = process.env.INIT_CWD !== undefined && process.env.npm_package_json === inRoot('package.json');
  const child = spawn(
    process.execPath,
    [
      '--import',
      import.meta.resolve('tsx'),
      '--conditions=flexor-source',
      inRoot('cli', 'main.ts'),
      ...process.argv.slice(2),
    ],
    {
      cwd: byNpm ? process.env.INIT_CWD : process.cwd(),
      env: { ...process.env, TSX_TSCONFIG_PATH: inRoot('tsconfig.json') },
      // Nothing is sent over the channel: its end tells the supervisor that we are gone, even by SIGKILL.
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    },
  );
  // On a terminal, Ctrl-C reaches the child by itself; a second one would mean "at once" to it.
  const terminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
  process.on('SIGINT', () => terminal || child.kill('SIGINT'));
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.once('error', (failure) => {
    say(`Flexor could not be run: ${failure.message}`);
    process.exit(1);
  });
  child.once('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}
