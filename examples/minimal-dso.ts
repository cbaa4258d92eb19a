// A minimal DSO: verifies what arrives, answers it, and orders the first option of every offer.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import * as uftp from 'flexor/uftp';

const { DSO_KEY, AGR_PUBLIC_KEY, AGR_ENDPOINT, PORT } = process.env as Record<string, string>;
const agrKeys = [uftp.PublicKey.parse(AGR_PUBLIC_KEY!)];
const client = uftp.createUftpClient();
const fresh = () => ({ MessageID: randomUUID(), TimeStamp: new Date().toISOString() });

function send(draft: uftp.MessageDraft): Promise<uftp.Delivery> {
  const Body = uftp.encodeBase64(uftp.seal(uftp.encode(draft), uftp.SecretKey.parse(DSO_KEY!)));
  const wrapper = { SenderDomain: draft.SenderDomain, SenderRole: 'DSO', Body } as const;
  return client.post({ url: AGR_ENDPOINT! }, uftp.writeSignedMessage(wrapper));
}

async function act(message: uftp.Message): Promise<void> {
  const answer = uftp.answerTo(message, fresh());
  if (answer) await send(answer);
  if (!answer || message.type !== 'FlexOffer') return;
  const { Version, ConversationID, ISPDuration, TimeZone, Period, CongestionPoint, Currency } = message;
  const day = { Version, ConversationID, ISPDuration, TimeZone, Period, CongestionPoint, Currency };
  const { OptionReference, Price, ISP } = message.OfferOption[0]!;
  const { SenderDomain, RecipientDomain } = answer;
  const refs = { FlexOfferMessageID: message.MessageID, OptionReference, OrderReference: randomUUID() };
  await send({ type: 'FlexOrder', ...day, ...fresh(), ...refs, SenderDomain, RecipientDomain, Price, ISP });
}

createServer(async (request, response) => {
  try {
    const { Body } = uftp.readSignedMessage(await buffer(request));
    const message = uftp.decode(uftp.open(uftp.decodeBase64Strict(Body), agrKeys).payload);
    response.writeHead(200).end(() => act(message).catch(console.error));
  } catch (error) {
    response.writeHead((error as uftp.UftpError).code === 'uftp.signature-invalid' ? 401 : 400).end();
  }
}).listen(Number(PORT), '127.0.0.1');
