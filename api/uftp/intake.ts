import {
  decode,
  decodeBase64Strict,
  type Message,
  open,
  readSignedMessage,
  type SignedMessage,
  statusTable,
  UftpError,
} from '../../uftp/index.ts';
import { reasonOf } from '../../base/index.ts';
import { ApiError, Refusal } from '../errors.ts';
import type { Sender, Senders } from './senders.ts';

/** A message whose signature and schema are good: what may be stored. */
export interface VerifiedMessage {
  /** The wrapper's SenderDomain and SenderRole, for which the signature vouches. */
  readonly sender: Pick<SignedMessage, 'SenderDomain' | 'SenderRole'>;
  readonly message: Message;
  /** Exactly the bytes that were verified. */
  readonly payload: Uint8Array;
}

/**
 * Reads and verifies the body of a post, in the order of UFTP 3.x, "Message transport": wrapper, key, signature,
 * payload. Whether the content makes sense is not judged here: that answer comes as a message.
 *
 * @throws Refusal 400, 403, 401 or 419
 */
export async function verifyPost(body: Uint8Array, senders: Senders): Promise<VerifiedMessage> {
  const { wrapper, sealed } = attempt('wrapperInvalid', () => readWrapper(body));
  const sender = await findSender(wrapper, senders);
  const { payload } = attempt('signatureInvalid', () => open(sealed, sender.keys));
  const message = attempt('payloadInvalid', () => decode(payload, { relaxations: sender.relaxations }));
  const { SenderDomain, SenderRole } = wrapper;
  return { sender: { SenderDomain, SenderRole }, message, payload };
}

function readWrapper(body: Uint8Array) {
  const wrapper = readSignedMessage(body);
  // xs:base64Binary admits white space inside the text.
  return { wrapper, sealed: decodeBase64Strict(wrapper.Body, { allowWhiteSpace: true }) };
}

async function findSender(wrapper: SignedMessage, senders: Senders): Promise<Sender> {
  const { SenderDomain, SenderRole } = wrapper;
  const sender = await senders.find(SenderDomain, SenderRole).catch((cause: unknown) => {
    throw keyUnknown(wrapper, cause);
  });
  if (!sender || sender.keys.length === 0) throw keyUnknown(wrapper);
  // "Barred Sender" is a finding about the wrapper: no response message exists for it.
  if (sender.barred) {
    const message = `${SenderDomain} is barred as ${SenderRole}.`;
    throw new Refusal(
      403,
      new ApiError('api.sender-barred', message, 'Ask the operator of this aggregator.'),
    );
  }
  return sender;
}

function keyUnknown({ SenderDomain, SenderRole }: SignedMessage, cause?: unknown): Refusal {
  const because = cause === undefined ? '' : ` ${reasonOf(cause)}`;
  const { status, code } = statusTable.keyUnknown;
  return new Refusal(
    status,
    new UftpError(
      code,
      `The public key of ${SenderDomain} as ${SenderRole} cannot be resolved.${because}`,
      'Make the domain, role and public key known to this aggregator, then send the message again.',
      { cause },
    ),
  );
}

function attempt<T>(step: 'wrapperInvalid' | 'signatureInvalid' | 'payloadInvalid', run: () => T): T {
  try {
    return run();
  } catch (thrown) {
    if (thrown instanceof UftpError) throw new Refusal(statusTable[step].status, thrown);
    throw thrown;
  }
}
