import { element, many, required } from '../definition/element.ts';
import { flexMessage, responseTo } from '../definition/message.ts';
import { scalar } from '../definition/scalar.ts';
import { prognosisISP } from './isp.ts';

export const DPrognosis = flexMessage(
  {
    name: 'D-Prognosis',
    from: 'AGR',
    to: 'DSO',
    answeredBy: 'D-PrognosisResponse',
    doc: 'The power the aggregator expects of all it serves on a congestion point, for every ISP of a day.',
  },
  { Revision: required(scalar.long, 'Strictly increasing for each sender.') },
  { ISP: many(prognosisISP) },
);

export const DPrognosisResponse = responseTo(
  {
    name: 'D-PrognosisResponse',
    from: 'DSO',
    to: 'AGR',
    answers: 'D-Prognosis',
    reference: 'D-PrognosisMessageID',
    doc: 'The DSO accepts or rejects a prognosis, and says which orders it found reflected in it.',
  },
  {},
  {
    FlexOrderStatus: many(
      element({
        FlexOrderMessageID: required(scalar.uuid, 'A FlexOrder sent earlier for an ISP of the period.'),
        IsValidated: required(scalar.boolean, 'Whether the prognosis reflects that order.'),
      }),
      { least: 0 },
    ),
  },
);
