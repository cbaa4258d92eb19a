import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { instant } from '../../base/index.ts';
import type { Rehearsal } from '../../rehearsal/rehearsal.ts';
import { scenario } from '../../simulator/index.ts';
import {
  encode,
  encodeBase64,
  type Message,
  seal,
  SecretKey,
  type Version,
  writeSignedMessage,
} from '../../uftp/index.ts';
import type { Content, PythonParticipant } from './python-peer.ts';
import type { Registry } from './registry.ts';

/** Says what really happened, one line a step. */
export type Tell = (line: string) => void;

/** Everything that plays one telling: a whole Flexor, and the Python library as everybody else. */
export interface Cast extends Omit<Rehearsal, 'dso' | 'cro'> {
  readonly dso: PythonParticipant;
  readonly cro: PythonParticipant;
  /** What the CRO knows and says. */
  readonly registry: Registry;
  readonly version: Version;
  readonly tell: Tell;
}

/** The library would take the machine's time. */
export const now = ({ stage }: Pick<Cast, 'stage'>): Content => ({ TimeStamp: instant(stage.clock) });

/** Both ways: each side reads the other's signature, and answers. */
export async function exchangeTestMessages(
  { stage, version, tell }: Cast,
  participant: PythonParticipant,
): Promise<void> {
  const { role, domain, endpoint } = participant;
  const { ConversationID } = await participant.send('TestMessage', {});
  await participant.wait('TestMessageResponse', {
    where: (answer) => answer.ConversationID === ConversationID,
  });
  tell(`The Python ${role} sends a TestMessage, and Flexor answers it.`);

  const key = SecretKey.parse(await readFile(path.join(stage.folder, 'secrets', 'agr.key'), 'utf8'));
  const test = {
    type: 'TestMessage' as const,
    Version: version,
    SenderDomain: scenario.AGR_DOMAIN,
    RecipientDomain: domain,
    TimeStamp: instant(stage.clock),
    MessageID: randomUUID(),
    ConversationID: randomUUID(),
  };
  const body = writeSignedMessage({
    SenderDomain: test.SenderDomain,
    SenderRole: 'AGR',
    Body: encodeBase64(seal(encode(test), key)),
  });
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'text/xml; charset=utf-8' },
    body: body as Uint8Array<ArrayBuffer>,
  });
  assert.equal(response.status, 200);
  // It tells of a TestMessage once its answer was taken with HTTP 200.
  await participant.wait('TestMessage', { where: ({ MessageID }) => MessageID === test.MessageID });
  tell('It answers a TestMessage from Flexor, and Flexor takes the answer.');
}

type Answer = Extract<Message, { Result: string }>;

export function expectAnswer(answer: Message, asked: Message, result: string): void {
  const { Result, RejectionReason } = answer as Answer;
  assert.equal(Result, result, `${answer.type} says ${Result} ${RejectionReason ?? ''}, not ${result}`);
  assert.equal(answer.ConversationID, asked.ConversationID, `${answer.type} is in another conversation`);
  assert.equal(answer.Version, asked.Version, `${answer.type} is of another version`);
}
