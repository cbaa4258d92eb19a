import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, test, vi } from 'vitest';
import { encode, writeSignedMessage } from '../../uftp/codec/index.ts';
import type { Message } from '../../uftp/messages/index.ts';
import { encodeBase64, generateKeyPair, seal } from '../../uftp/signing/index.ts';
import { sound } from '../../uftp/rules/examples.testkit.ts';
import { messageCommand } from './index.ts';
import { EXIT } from './outcome.ts';

// Each test starts processes, which takes as long as the machine is busy.
vi.setConfig({ testTimeout: 120_000 });

const program = fileURLToPath(new URL('./main.testkit.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'flexor-message-'));
afterAll(() => rmSync(folder, { recursive: true }));

const { secretKey, publicKey } = generateKeyPair();
const secretFile = file('signing.key', `${secretKey.reveal()}\n`);
const payload = Buffer.from(encode(sound('FlexRequest')));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

interface Outcome {
  readonly out: string;
  readonly err: string;
  readonly code: number | null;
}

/** Runs the command as a user does. */
async function asProcess(args: readonly string[], input: string | Uint8Array = ''): Promise<Outcome> {
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...args]);
  // A command that stops before it has read everything closes the pipe: that is no failure of the test.
  child.stdin.on('error', () => {}).end(input);
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((done) => child.on('close', done)),
  ]);
  return { out, err, code };
}

/** Runs the command in this process, which is faster; one at a time, since a process has one standard input. */
const message: typeof asProcess = (args, input = '') => (running = running.then(() => inHere(args, input)));
let running = Promise.resolve<Outcome>({ out: '', err: '', code: null });

async function inHere(args: readonly string[], input: string | Uint8Array): Promise<Outcome> {
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  const into = (said: Buffer[]) => (bytes: string | Uint8Array) => said.push(Buffer.from(bytes)) > 0;
  vi.spyOn(process, 'stdin', 'get').mockReturnValue(Readable.from([Buffer.from(input)]) as never);
  vi.spyOn(process.stdout, 'write').mockImplementation(into(out));
  vi.spyOn(process.stderr, 'write').mockImplementation(into(err));
  vi.spyOn(console, 'log').mockImplementation((line: string) => void into(out)(`${line}\n`));
  vi.spyOn(console, 'error').mockImplementation((line: string) => void into(err)(`${line}\n`));
  const exit = vi.spyOn(process, 'exit').mockImplementation((code) => {
    process.exitCode = code ?? 0;
    throw new Error('ended');
  });
  process.exitCode = 0;
  try {
    await messageCommand().parseAsync(args, { from: 'user' });
  } catch (thrown) {
    if (exit.mock.calls.length === 0) throw thrown;
  } finally {
    vi.restoreAllMocks();
  }
  const code = Number(process.exitCode);
  process.exitCode = undefined;
  return { out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString(), code };
}

const xml = (changed: Message): Buffer => Buffer.from(encode(changed));
const signed = async (bytes: Uint8Array): Promise<string> =>
  (await message(['sign', '--key', secretFile], bytes)).out;

describe('sign and verify', () => {
  it('give the payload back, byte for byte, from files and from standard input', async () => {
    const wrapped = await asProcess(['sign', '--key', secretFile, file('request.xml', payload)]);
    expect(wrapped).toMatchObject({ code: EXIT.fine, err: '' });
    expect(wrapped.out).toContain('SenderDomain="dso.example.com" SenderRole="DSO"');
    const key = publicKey.toString();
    const fromInput = await asProcess(['verify', '--key', key, '-'], wrapped.out);
    expect(fromInput).toEqual({ out: payload.toString(), err: '', code: EXIT.fine });
    const { publicKey: other } = generateKeyPair();
    const keys = ['--key', other.toCs1(), '--key', file('public.key', `${publicKey.toCs1()}\n`)];
    const fromFile = await asProcess(['verify', ...keys, file('signed.xml', wrapped.out)]);
    expect(fromFile).toEqual({ out: payload.toString(), err: '', code: EXIT.fine });
  });

  it('tell what is wrong by the exit status', async () => {
    const wrapped = await signed(payload);
    const verify = (input: string, key = publicKey.toString(), ...options: string[]) =>
      message(['verify', '--key', key, ...options], input);
    const strange = generateKeyPair().publicKey.toString();
    const broken = await signed(
      xml(sound('FlexRequest', { ISP: [{ ...sound('FlexRequest').ISP[0]!, Start: 99 }] })),
    );
    const [noMatch, wrongKey, unreadable, notSigned, noBase64, wrapper, late, rules] = await Promise.all([
      verify(wrapped, strange),
      verify(wrapped, 'no-key'),
      verify('<SignedMessage'),
      verify(payload.toString()),
      verify(wrapped.replace(/Body="../, 'Body="?!')),
      verify(wrapped.replace('SenderRole="DSO"', '')),
      verify(wrapped, publicKey.toString(), '--at', '2028-01-01T00:00:00Z'),
      verify(broken),
    ]);
    expect(noMatch).toMatchObject({ code: EXIT.signature, out: '' });
    expect(wrongKey).toMatchObject({ code: EXIT.notRun, out: '' });
    expect(unreadable).toMatchObject({ code: EXIT.unreadable, out: '' });
    expect(notSigned).toMatchObject({ code: EXIT.signature, out: '' });
    expect(noBase64).toMatchObject({ code: EXIT.schema, out: '' });
    expect(wrapper).toMatchObject({ code: EXIT.schema, out: '' });
    expect(late.code).toBe(EXIT.rules);
    expect(late.err).toMatch(/^period-past: Period out of bounds .*\nexpired-on-receipt: /);
    expect(rules.code).toBe(EXIT.rules);
    expect(rules.err).toMatch(/^isps-out-of-bounds: ISPs out of bounds .*\nlacking-requested-disposition: /m);
    expect(rules.out).toContain('Start="99"');
  });

  it('print what a valid signature covers, even where it does not follow the schema', async () => {
    const wrong = Buffer.from(payload.toString().replace(' Period="2027-03-10"', ' Period="2027-02-30"'));
    expect(await message(['sign', '--key', secretFile], wrong)).toMatchObject({ code: EXIT.schema, out: '' });
    const Body = encodeBase64(seal(wrong, secretKey));
    const wrapped = writeSignedMessage({ SenderDomain: 'dso.example.com', SenderRole: 'DSO', Body });
    const { out, err, code } = await message(['verify', '--key', publicKey.toString()], wrapped);
    expect({ out, code }).toEqual({ out: wrong.toString(), code: EXIT.schema });
    expect(err).toContain('FlexRequest/@Period');
  });

  it('ask for the role where every role sends the message', async () => {
    const test = xml(sound('TestMessage'));
    expect(await message(['sign', '--key', secretFile], test)).toMatchObject({ code: EXIT.notRun, out: '' });
    const { out, code } = await message(['sign', '--key', secretFile, '--role', 'CRO'], test);
    expect(code).toBe(EXIT.fine);
    expect(out).toContain('SenderRole="CRO"');
  });

  it('never print the secret key', async () => {
    const bad = file('bad.key', secretKey.reveal().slice(2));
    const { out, err, code } = await message(['sign', '--key', bad], payload);
    expect(code).toBe(EXIT.notRun);
    expect(out + err).not.toContain(secretKey.reveal().slice(2, 20));
  });
});

describe('validate', () => {
  test.each([
    ['a sound message', [], payload, EXIT.fine],
    ['no XML', [], Buffer.from('hello'), EXIT.unreadable],
    ['no message of the protocol', [], Buffer.from('<Letter/>'), EXIT.unreadable],
    ['a missing attribute', [], Buffer.from(payload.toString().replace(/ Revision="\d+"/, '')), EXIT.schema],
    ['another market', ['--isp-duration', 'PT30M'], payload, EXIT.rules],
    ['the wrong recipient', ['--received-by', 'CRO'], payload, EXIT.rules],
    ['a missing file', ['/no/such/file'], Buffer.alloc(0), EXIT.notRun],
    ['wrong arguments', ['--at', 'noon'], payload, EXIT.notRun],
    [
      'an attribute of a later version',
      ['--version', '3.0.0'],
      xml(sound('FlexOffer', { Unsolicited: true, FlexRequestMessageID: undefined })),
      EXIT.schema,
    ],
    [
      'a tolerated deviation',
      [],
      Buffer.from(
        xml(sound('TestMessage'))
          .toString()
          .replaceAll('TestMessage', 'TestMessageResponse')
          .replace(' Version', ' Result="Accepted" Version'),
      ),
      EXIT.fine,
    ],
    [
      'a tolerated deviation, to the letter',
      ['--strict'],
      Buffer.from(
        xml(sound('TestMessage'))
          .toString()
          .replaceAll('TestMessage', 'TestMessageResponse')
          .replace(' Version', ' Result="Accepted" Version'),
      ),
      EXIT.schema,
    ],
  ])('%s', async (_what, options, input, status) => {
    const { code, err } = await message(['validate', ...options], input);
    expect({ code, complained: err !== '' }).toEqual({ code: status, complained: status !== EXIT.fine });
  });

  it('takes signed messages too', async () => {
    const { out, code } = await message(['validate'], await signed(payload));
    expect({ out, code }).toEqual({
      out: 'FlexRequest follows the schema and the rules of 3.1.0.\n',
      code: EXIT.fine,
    });
  });
});

describe('show', () => {
  it('puts ISP groups in rows with their local times', async () => {
    const { out, code } = await message(['show'], await signed(payload));
    expect(code).toBe(EXIT.fine);
    expect(out).toContain('Signed by DSO dso.example.com (signature not verified)');
    expect(out).toMatch(/Period +2027-03-10/);
    expect(out).toMatch(/ISP-Duration +PT15M/);
    expect(out).toMatch(/From +To +Disposition +MinPower +MaxPower +Start +Duration\n/);
    expect(out).toMatch(/00:00 +11:45 +Available +-6000 +2000 +1 +47\n/);
    expect(out).toMatch(/11:45 +12:45 +Requested +-6000 +-4000 +48 +4\n/);
  });

  it('tells the two two-o’clocks of an autumn day apart', async () => {
    const autumn = sound('FlexOrder', {
      Period: '2027-10-31',
      ISP: [
        { Power: 1, Start: 9, Duration: 4 },
        { Power: 2, Start: 13, Duration: 4 },
      ],
    });
    const { out } = await message(['show'], xml(autumn));
    expect(out).toMatch(/02:00 \+02:00 +02:00 \+01:00 +1 +9 +4\n/);
    expect(out).toMatch(/02:00 \+01:00 +03:00 \+01:00 +2 +13 +4\n/);
  });

  it('lets no text of a peer steer the terminal', async () => {
    const { out } = await message(
      ['show'],
      xml(sound('FlexOrder', { OrderReference: 'O-1\n\u009b2J\u202e' })),
    );
    expect(out).toContain('OrderReference        O-1\uFFFD\uFFFD2J\uFFFD\n');
  });

  it('nests groups, and takes the grid of a settlement from its options', async () => {
    const settlement = Buffer.from(
      xml(
        sound('FlexSettlement', {
          ContractSettlement: [
            {
              ContractID: 'C-1',
              Period: [{ Period: '2027-02-10', ISP: [{ Start: 1, Duration: 1, ReservedPower: 5 }] }],
            },
          ],
        }),
      ),
    );
    const plain = await message(['show'], settlement);
    expect(plain.out).toMatch(/FlexOrderSettlement 1\n/);
    expect(plain.out).not.toMatch(/From/);
    const { out } = await message(
      ['show', '--time-zone', 'Europe/Amsterdam', '--isp-duration', 'PT15M'],
      settlement,
    );
    expect(out).toMatch(/11:45 +12:45 +48 +4 +5000 +-4000 +1000 +-4000 +0\n/);
    expect(out).toMatch(/00:00 +00:15 +1 +1 +5\n/);
  });
});

describe('new', () => {
  it('makes messages that its own validation accepts, each with its own identifiers', async () => {
    const types = ['FlexRequest', 'FlexSettlement', 'TestMessage'];
    for (const type of types) {
      const [one, other] = await Promise.all([message(['new', type]), message(['new', type])]);
      expect(one).toMatchObject({ code: EXIT.fine, err: '' });
      expect(other.out).not.toBe(one.out);
      expect(await message(['validate', '--strict'], one.out)).toMatchObject({ code: EXIT.fine, err: '' });
    }
  });

  it('takes a version and the parties', async () => {
    const args = ['new', 'FlexOffer', '--version', '3.0.0', '--from', 'my.example.com', '--fixed'];
    const [one, again] = await Promise.all([message(args), message(args)]);
    expect(one.out).toContain('Version="3.0.0" SenderDomain="my.example.com"');
    expect(again.out).toBe(one.out);
    expect(await message(['new', 'Letter'])).toMatchObject({ code: EXIT.notRun, out: '' });
  });
});
