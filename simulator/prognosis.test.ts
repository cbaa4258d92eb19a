import { describe, expect, it } from 'vitest';
import type { Message } from '../uftp/index.ts';
import { orderStatus, prognosisRejections } from './prognosis.ts';

const day = {
  ISPDuration: 'PT15M',
  TimeZone: 'Europe/Amsterdam',
  Period: '2027-05-16',
  CongestionPoint: 'ean.100000000000000001',
};
const prognosis = (Revision: number, power: number, ISP = [{ Power: power, Start: 1, Duration: 96 }]) =>
  ({ ...day, Revision, ISP, TimeStamp: `2027-05-15T0${Revision}:00:00Z` }) as Message<'D-Prognosis'>;
const order = (MessageID: string, at: string, ISP: object[]) =>
  ({ ...day, MessageID, ISP, TimeStamp: `2027-05-15T${at}:00Z` }) as unknown as Message<'FlexOrder'>;

describe('a DSO rejects a prognosis', () => {
  it.each([
    ['of a point it does not know', prognosis(2, 1), false, ['Invalid CongestionPoint']],
    ['without its last ISP', prognosis(2, 1, [{ Power: 1, Start: 1, Duration: 95 }]), true, ['Lacking ISPs']],
    ['under a Revision it has seen', prognosis(1, 1), true, ['Subordinate sequence number']],
    ['that is right: not', prognosis(2, 1), true, []],
  ])('%s', (_, message, known, reasons) => {
    expect(prognosisRejections(message, { known, accepted: [prognosis(1, 5)], orders: [] })).toEqual(reasons);
  });
});

describe('a DSO finds an order in a prognosis', () => {
  const one = order('one', '01:30', [{ Power: -2, Start: 10, Duration: 2 }]);
  const two = order('two', '02:30', [{ Power: -1, Start: 11, Duration: 1 }]);
  const shaped = (Revision: number, ten: number, eleven: number, rest = 5) =>
    prognosis(Revision, 0, [
      { Power: rest, Start: 1, Duration: 9 },
      { Power: ten, Start: 10, Duration: 1 },
      { Power: eleven, Start: 11, Duration: 1 },
      { Power: rest, Start: 12, Duration: 85 },
    ]);
  const found = (message: Message<'D-Prognosis'>, orders = [one, two]) =>
    orderStatus(message, { known: true, accepted: [prognosis(1, 5), shaped(2, 3, 3)], orders }).map(
      ({ FlexOrderMessageID, IsValidated }) => `${FlexOrderMessageID} ${IsValidated}`,
    );

  it('where its ISPs differ by what was ordered there, whatever the others do', () => {
    expect(found(shaped(3, 3, 3), [one])).toEqual(['one true']);
    expect(found(shaped(3, 3, 3, 900), [one])).toEqual(['one true']);
    expect(found(shaped(3, 3, 4), [one])).toEqual(['one false']);
  });

  it('with other orders on the same ISP', () => {
    expect(found(shaped(3, 3, 2))).toEqual(['one true', 'two true']);
    expect(found(shaped(3, 3, 3))).toEqual(['one false', 'two false']);
    expect(found(shaped(3, 5, 2))).toEqual(['one false', 'two true']);
  });
});
