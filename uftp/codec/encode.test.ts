import { describe, expect, it } from 'vitest';
import { UftpError } from '../errors.ts';
import type { MessageDraft } from '../messages/index.ts';
import { decode, encode, type SchemaProblem } from './index.ts';

const request: MessageDraft<'FlexRequest'> = {
  type: 'FlexRequest',
  Version: '3.1.0',
  SenderDomain: 'dso.example.com',
  RecipientDomain: 'agr.example.com',
  TimeStamp: '2026-01-01T00:00:00Z',
  MessageID: '11111111-1111-4111-8111-111111111111',
  ConversationID: '22222222-2222-4222-8222-222222222222',
  ISPDuration: 'PT15M',
  TimeZone: 'Europe/Amsterdam',
  Period: '2026-01-02',
  CongestionPoint: 'ean.871685900012636543',
  Revision: 1,
  ExpirationDateTime: '2026-01-01T16:00:00Z',
  ISP: [{ MinPower: -6000, MaxPower: -4000, Start: 48 }],
};

/** The problems that keep a draft, wrongly typed on purpose, from being sent. */
function problems(change: Record<string, unknown>): readonly SchemaProblem[] {
  try {
    encode({ ...request, ...change } as MessageDraft);
    return [];
  } catch (thrown) {
    if (!(thrown instanceof UftpError) || thrown.code !== 'uftp.schema-invalid') throw thrown;
    return thrown.details['problems'] as SchemaProblem[];
  }
}

describe('encode', () => {
  it('writes attributes and groups in the order of the definition, and nothing else', () => {
    const { TimeZone, ...others } = request;
    expect(Buffer.from(encode({ TimeZone, ...others })).toString()).toBe(
      '<FlexRequest Version="3.1.0" SenderDomain="dso.example.com" RecipientDomain="agr.example.com"' +
        ' TimeStamp="2026-01-01T00:00:00Z" MessageID="11111111-1111-4111-8111-111111111111"' +
        ' ConversationID="22222222-2222-4222-8222-222222222222" ISP-Duration="PT15M"' +
        ' TimeZone="Europe/Amsterdam" Period="2026-01-02" CongestionPoint="ean.871685900012636543"' +
        ' Revision="1" ExpirationDateTime="2026-01-01T16:00:00Z">' +
        '<ISP MinPower="-6000" MaxPower="-4000" Start="48"/></FlexRequest>',
    );
  });

  it('keeps every character of a text: markup, quotes, line ends, emoji', () => {
    const ContractID = ' <a b="c" d=\'e\'>&amp;]]>\t\r\n\u0085\u2028\u{1f50b} ';
    expect(decode(encode({ ...request, ContractID }))).toMatchObject({ ContractID });
  });

  it.each([
    [{ Revision: 1.5 }, '@Revision', 'is not a whole number'],
    [{ Revision: Number.NaN }, '@Revision', 'is not a whole number'],
    [{ Revision: 2 ** 53 }, '@Revision', 'is not a whole number'],
    [{ Revision: '1' }, '@Revision', 'is not a number'],
    [{ Revision: null }, '@Revision', 'is not a number'],
    [{ ContractID: 7 }, '@ContractID', 'is not a string'],
    [{ ContractID: 'a\u0000b' }, '@ContractID', 'has a character that XML cannot carry'],
    [{ ContractID: '\ud800' }, '@ContractID', 'has a character that XML cannot carry'],
    [{ TimeStamp: '2026-01-01T00:00:00' }, '@TimeStamp', 'has no UTC offset; end it with Z'],
    [{ Period: '2026-01-02Z' }, '@Period', 'is sent without an offset, as a day such as 2026-01-01'],
    [{ ISPDuration: 'PT1H' }, '@ISP-Duration', 'is sent in minutes only, such as PT15M'],
    [{ ISPDuration: undefined }, '@ISP-Duration', 'is missing'],
    [{ Contract: 'C-1' }, '@Contract', 'is not part of this element'],
    [{ constructor: 'x' }, '@constructor', 'is not part of this element'],
    [{ ISP: [] }, 'ISP', 'is missing'],
    [{ ISP: undefined }, 'ISP', 'is missing'],
    [{ ISP: 'all' }, 'ISP', 'is not a list of elements'],
    [{ ISP: [null] }, 'ISP', 'is not a list of elements'],
  ])('refuses %j', (change, at, problem) => {
    expect(problems(change)).toEqual([{ at: `FlexRequest/${at}`, problem }]);
  });

  it('reports every problem at once, and where', () => {
    const ISP = [request.ISP[0], { MinPower: 0.5, MaxPower: true, Start: 0 }];
    expect(problems({ ISP, Period: 'tomorrow' }).map(({ at }) => at)).toEqual([
      'FlexRequest/@Period',
      'FlexRequest/ISP[2]/@MinPower',
      'FlexRequest/ISP[2]/@MaxPower',
      'FlexRequest/ISP[2]/@Start',
    ]);
  });

  it('refuses what the version does not have', () => {
    const order = { ...request, type: 'FlexOrder', Version: '3.0.0', ServiceType: 'S' } as unknown;
    expect(() => encode(order as MessageDraft)).toThrow('FlexOrder/@ServiceType is not part of this version');
  });

  it.each(['FlexMessage', 'constructor', '__proto__', undefined])('knows no message called %s', (type) => {
    const unknown = expect.objectContaining({ code: 'uftp.message-unknown' }) as UftpError;
    expect(() => encode({ ...request, type } as unknown as MessageDraft)).toThrow(unknown);
  });
});

describe('decode', () => {
  const text = Buffer.from(encode(request)).toString();
  const read = (from: string, to: string) => decode(Buffer.from(text.replace(from, to)));

  it('reads instants as UTC, in whatever offset they are written, or in none', () => {
    const at = (instant: string) => read('2026-01-01T16:00:00Z', instant);
    expect(at('2026-01-01T17:00:00.123456+01:00')).toMatchObject({
      ExpirationDateTime: '2026-01-01T16:00:00.123Z',
    });
    expect(at('2026-01-01T16:00:00')).toMatchObject({ ExpirationDateTime: '2026-01-01T16:00:00.000Z' });
    expect(at('2025-12-31T24:00:00Z')).toMatchObject({ ExpirationDateTime: '2026-01-01T00:00:00.000Z' });
  });

  it('reads numbers in every spelling of the schema, and one only comes out', () => {
    expect(read('Revision="1"', 'Revision=" +01&#10;"')).toMatchObject({ Revision: 1 });
    expect(Object.is((read('Revision="1"', 'Revision="-0"') as { Revision: number }).Revision, 0)).toBe(true);
  });

  it('reads an unsupported version by the newest schema, so that it can be answered', () => {
    expect(read('"3.1.0"', '"9.9.9"')).toMatchObject({ Version: '9.9.9', type: 'FlexRequest' });
  });

  it('says what stands where it should not, briefly', () => {
    const name = 'x'.repeat(5000);
    expect(() => read('Revision', `${name}="" Revision`)).toThrow(
      `FlexRequest/@${'x'.repeat(60)}… is not part`,
    );
    expect(() => read('<ISP', `<${name}/><ISP`)).toThrow(
      `FlexRequest/${'x'.repeat(60)}… is not expected here`,
    );
  });

  it('names problems up to a limit', () => {
    const wrong = '<ISP/>'.repeat(1000);
    try {
      read('<ISP', `${wrong}<ISP`);
      expect.unreachable();
    } catch (thrown) {
      expect((thrown as UftpError).details['problems']).toHaveLength(20);
    }
  });
});
