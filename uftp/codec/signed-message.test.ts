import { describe, expect, it } from 'vitest';
import { type UftpError } from '../errors.ts';
import { readSignedMessage, type SignedMessage, writeSignedMessage } from './index.ts';

const wrapper: SignedMessage = { SenderDomain: 'dso.example.com', SenderRole: 'DSO', Body: 'QUJDRA==' };
const withBody = (Body: string) =>
  Buffer.from(`<SignedMessage SenderDomain="dso.example.com" SenderRole="DSO" Body="${Body}"/>`);
const refused = (code: string) => expect.objectContaining({ code }) as UftpError;

describe('SignedMessage', () => {
  it('comes back as it was written', () => {
    const document = writeSignedMessage(wrapper);
    expect(Buffer.from(document)).toEqual(withBody('QUJDRA=='));
    expect(readSignedMessage(document)).toEqual(wrapper);
  });

  it('keeps white space inside Base64, as xs:base64Binary allows it', () => {
    expect(readSignedMessage(withBody('QUJD\nRA==')).Body).toBe('QUJD RA==');
  });

  it.each(['Q', 'QU', 'QUI', 'QUJ=', 'QR==', 'Q===', '====', 'QUJDRA', 'QU-_', 'QUJDRA==QUJD', 'QU=D'])(
    'refuses a Body that is not Base64: %s',
    (Body) => {
      expect(() => readSignedMessage(withBody(Body))).toThrow(refused('uftp.schema-invalid'));
      expect(() => writeSignedMessage({ ...wrapper, Body })).toThrow(refused('uftp.schema-invalid'));
    },
  );

  it('takes a Body as large as the limit, and refuses a wrong one as fast', () => {
    const large = 'QUJD'.repeat(5_000_000);
    expect(readSignedMessage(withBody(large)).Body).toHaveLength(20_000_000);
    expect(() => readSignedMessage(withBody(`${large}QU-D`))).toThrow(refused('uftp.schema-invalid'));
    expect(() => readSignedMessage(withBody(large.repeat(2)))).toThrow(refused('uftp.xml-limit'));
  });

  it('refuses another element, children and more than one element', () => {
    expect(() => readSignedMessage(Buffer.from('<Message/>'))).toThrow('Message is not a SignedMessage');
    const open = withBody('').toString().replace('/>', '>');
    expect(() => readSignedMessage(Buffer.from(`${open}<a/></SignedMessage>`))).toThrow(
      refused('uftp.xml-limit'),
    );
  });
});
