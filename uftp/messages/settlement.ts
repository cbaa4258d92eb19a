import {
  type Attribute,
  defaulted,
  element,
  many,
  optional,
  required,
  widened,
} from '../definition/element.ts';
import { request, responseTo } from '../definition/message.ts';
import { scalar } from '../definition/scalar.ts';
import { contractISP, meteringISP, settlementISP } from './isp.ts';

const orderSettlement = element(
  {
    OrderReference: optional(scalar.text, 'The OrderReference of the FlexOrder.'),
    Period: required(scalar.day, 'Day of delivery.'),
    ContractID: optional(scalar.text, 'The bilateral contract, if any.'),
    'D-PrognosisMessageID': optional(scalar.uuid, 'The prognosis that is the baseline, where one is.'),
    BaselineReference: optional(scalar.text, 'The baseline, where it is not a prognosis.'),
    CongestionPoint: required(scalar.entityAddress, 'The congestion point.'),
    Price: required(scalar.amount, 'Price accepted in the order.'),
    Penalty: defaulted(scalar.amount, '0', 'Penalty for flexibility not delivered.'),
    NetSettlement: required(scalar.amount, 'Price less penalty.'),
  },
  { ISP: many(settlementISP) },
);

const contractSettlement = element(
  { ContractID: optional(scalar.text, 'The bilateral contract.') },
  { Period: many(element({ Period: required(scalar.day, 'The day.') }, { ISP: many(contractISP) })) },
);

/** The Result that a 3.x FlexSettlement must carry says nothing: the message asks, it does not answer. */
const meaninglessResult = {
  ...required(scalar.result, 'Required by the 3.x schema, without meaning.', 'settlement-without-result'),
  fallback: 'Accepted',
} as Attribute<'Accepted' | 'Rejected', true, false>;

export const FlexSettlement = request(
  {
    name: 'FlexSettlement',
    from: 'DSO',
    to: 'AGR',
    answeredBy: 'FlexSettlementResponse',
    doc: 'The DSO states what was delivered under all orders of a period, and the money.',
  },
  {
    Result: meaninglessResult,
    RejectionReason: optional(scalar.text, 'Allowed by the 3.x schema, without meaning.'),
    PeriodStart: required(scalar.day, 'First day settled, inclusive.'),
    PeriodEnd: required(scalar.day, 'Last day settled, inclusive.'),
    Currency: required(scalar.currency, 'Currency of the amounts.'),
  },
  {
    FlexOrderSettlement: many(orderSettlement, { relaxed: 'settlement-without-order-settlement' }),
    ContractSettlement: many(contractSettlement, { relaxed: 'settlement-without-contract-settlement' }),
  },
);

export const FlexSettlementResponse = responseTo(
  {
    name: 'FlexSettlementResponse',
    from: 'AGR',
    to: 'DSO',
    answers: 'FlexSettlement',
    reference: 'FlexSettlementMessageID',
    doc: 'Per order accepted or disputed; rejected as a whole only where the message itself is wrong.',
  },
  {},
  {
    FlexOrderSettlementStatus: many(
      element({
        OrderReference: optional(scalar.text, 'The order concerned.'),
        Disposition: required(scalar.settlementDisposition, 'Whether the amount is accepted.'),
        DisputeReason: optional(scalar.text, 'Why not; needed when disputed.'),
      }),
      { relaxed: 'settlement-response-without-status' },
    ),
  },
);

export const Metering = request(
  {
    name: 'Metering',
    from: 'AGR',
    to: 'DSO',
    answeredBy: 'MeteringResponse',
    doc: 'Measured values of one connection for one day.',
  },
  {
    Revision: required(scalar.long, 'Later revisions correct earlier ones.'),
    'ISP-Duration': required(scalar.duration, 'Length of one ISP in minutes, e.g. PT15M.'),
    TimeZone: required(scalar.timeZone, "The market's time zone."),
    Currency: optional(scalar.currency, 'Not used.'),
    Period: required(scalar.day, 'The local day measured.'),
    EAN: widened(
      required(scalar.meteringEan, 'The connection, in metering notation: E and digits.'),
      'metering-ean-of-18-digits',
      scalar.wideMeteringEan,
    ),
  },
  {
    Profile: many(
      element(
        {
          ProfileType: required(scalar.profileType, 'What the values are.'),
          Unit: required(scalar.unit, 'kW for Power, kWh for the rest.'),
        },
        { ISP: many(meteringISP) },
      ),
    ),
  },
);

export const MeteringResponse = responseTo({
  name: 'MeteringResponse',
  from: 'DSO',
  to: 'AGR',
  answers: 'Metering',
  reference: 'MeteringMessageID',
  doc: 'The DSO accepts or rejects the measured values.',
});
