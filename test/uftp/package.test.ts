import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** What `flexor/uftp` stands on. Nothing of Temporal, Prisma or fastify: the protocol is usable on its own. */
const LIBRARIES = [
  'big.js',
  'dns-packet',
  'fast-xml-parser',
  'saxes',
  'temporal-polyfill',
  'tweetnacl',
  'undici',
  'zod',
];
/** What types need beside: of libraries that bring none of their own. */
const TYPES = ['@types/node', '@types/big.js', '@types/dns-packet'];

const repository = resolve(fileURLToPath(new URL('../..', import.meta.url)));
const project = mkdtempSync(join(tmpdir(), 'flexor-package-'));
const tsc = join(repository, 'node_modules/typescript/bin/tsc');

/** Runs node in the foreign project, and returns what it printed; what went wrong is in the error. */
function node(...args: string[]): string {
  try {
    return execFileSync(process.execPath, args, { cwd: project, encoding: 'utf8' });
  } catch (failure) {
    const { stdout, stderr } = failure as { stdout: string; stderr: string };
    throw new Error(`${stdout}\n${stderr}`, { cause: failure });
  }
}

const write = (name: string, content: string): void => writeFileSync(join(project, name), content);

/** A project of somebody else: the built package beside its libraries, and beside nothing else. */
beforeAll(() => {
  const installed = join(project, 'node_modules/flexor');
  mkdirSync(join(project, 'node_modules/@types'), { recursive: true });
  mkdirSync(installed);
  copyFileSync(join(repository, 'package.json'), join(installed, 'package.json'));
  node(tsc, '-p', join(repository, 'tsconfig.build.json'), '--outDir', join(installed, 'dist'));
  for (const name of [...LIBRARIES, ...TYPES])
    symlinkSync(join(repository, 'node_modules', name), join(project, 'node_modules', name), 'junction');
  write('package.json', JSON.stringify({ name: 'somebody-else', private: true, type: 'module' }));
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

describe('flexor/uftp, built and installed elsewhere', () => {
  it('signs, sends on and reads messages in plain JavaScript', () => {
    write(
      'program.js',
      `import * as uftp from 'flexor/uftp';
       const { secretKey, publicKey } = uftp.generateKeyPair();
       const payload = uftp.encode(uftp.sampleOf('FlexRequest'));
       const wire = uftp.writeSignedMessage({
         SenderDomain: 'dso.example.com', SenderRole: 'DSO', Body: uftp.encodeBase64(uftp.seal(payload, secretKey)),
       });
       const { Body } = uftp.readSignedMessage(wire);
       const message = uftp.decode(uftp.open(uftp.decodeBase64Strict(Body), [publicKey]).payload);
       const rejections = uftp.judgeAlone(message, { now: message.TimeStamp });
       console.log(message.type, message.ISP.length > 0, JSON.stringify(uftp.answerTo(message, {
         MessageID: message.MessageID, TimeStamp: message.TimeStamp }).Result), rejections.length);`,
    );
    expect(node('program.js').trim()).toBe('FlexRequest true "Accepted" 0');
  });

  it('imports exactly the libraries of the protocol', () => {
    write(
      'loaded.js',
      `import { register } from 'node:module';
       import { MessageChannel } from 'node:worker_threads';
       const { port1, port2 } = new MessageChannel();
       const asked = new Set();
       port1.on('message', (name) => asked.add(name));
       register('data:text/javascript,' + encodeURIComponent(\`
         let port;
         export const initialize = (data) => { port = data; };
         export const resolve = (specifier, context, next) => {
           if (context.parentURL?.includes('/flexor/dist/') && !/^(\\\\.|node:)/.test(specifier)) port.postMessage(specifier);
           return next(specifier, context);
         };\`), { data: port2, transferList: [port2] });
       await import('flexor/uftp');
       setImmediate(() => { console.log([...asked].sort().join(' ')); process.exit(); });`,
    );
    expect(node('loaded.js').trim().split(' ')).toEqual(LIBRARIES);
  });

  it('has types that a strict TypeScript program compiles with, those of its libraries included', () => {
    write(
      'program.ts',
      `import { type Clock, createUftpClient, encode, type Message, type MessageDraft, sampleOf, UftpError } from 'flexor/uftp';
       const clock: Clock = { now: () => new Date() };
       const offer: MessageDraft<'FlexOffer'> = sampleOf('FlexOffer', '3.0.0', {}, { clock });
       export const power: number = offer.OfferOption[0]!.ISP[0]!.Power;
       export const bytes: Uint8Array = encode(offer);
       export const price = (message: Message): string | undefined =>
         message.type === 'FlexOrder' ? message.Price : undefined;
       export const client = createUftpClient({ clock, timeouts: { totalMs: 1000 } });
       export const code = (failure: unknown): string => (failure instanceof UftpError ? failure.code : '');
       // @ts-expect-error there is no such message
       export const wrong: Message<'FlexRequst'> | undefined = undefined;`,
    );
    const options = ['--strict', '--target', 'es2023', '--module', 'nodenext', '--types', 'node'];
    node(tsc, '--noEmit', ...options, 'program.ts');
  });

  it('holds no tests', () => {
    const files = node(
      '-e',
      `console.log(require('fs').readdirSync('node_modules/flexor/dist',{recursive:true}).join(' '))`,
    );
    expect(files).toContain('uftp/index.js');
    expect(files).not.toMatch(/\.test(kit)?\./);
  });
});
