import { defaulted, element, many, optional, required, versioned } from '../definition/element.ts';
import { flexMessage, request, responseTo } from '../definition/message.ts';
import { scalar } from '../definition/scalar.ts';
import { powerISP, requestISP } from './isp.ts';

/** UFTP 3.1.0 added the mark for flexibility that no FlexRequest asked for. */
const unsolicited = versioned(
  scalar.boolean,
  { '3.0.0': 'absent', '3.1.0': 'optional' },
  'True where no FlexRequest (offer) or no FlexOffer (order) came before.',
);

const baseline = {
  'D-PrognosisMessageID': optional(scalar.uuid, 'The prognosis that is the baseline, where one is.'),
  BaselineReference: optional(scalar.text, 'The baseline, where it is not a prognosis.'),
};

export const FlexReservationUpdate = flexMessage(
  {
    name: 'FlexReservationUpdate',
    from: 'DSO',
    to: 'AGR',
    answeredBy: 'FlexReservationUpdateResponse',
    doc: 'The DSO confirms or lowers the power it keeps reserved under a bilateral contract.',
  },
  {
    ContractID: required(scalar.text, 'The bilateral contract.'),
    Reference: required(scalar.text, "The DSO's own reference."),
  },
  { ISP: many(powerISP) },
);

export const FlexReservationUpdateResponse = responseTo({
  name: 'FlexReservationUpdateResponse',
  from: 'AGR',
  to: 'DSO',
  answers: 'FlexReservationUpdate',
  reference: 'FlexReservationUpdateMessageID',
  doc: 'The aggregator accepts or rejects a reservation update.',
});

export const FlexRequest = flexMessage(
  {
    name: 'FlexRequest',
    from: 'DSO',
    to: 'AGR',
    answeredBy: 'FlexRequestResponse',
    doc: 'The DSO asks for flexibility: a band of power per ISP around the baseline.',
  },
  {
    Revision: required(scalar.long, 'Later revisions replace earlier ones.'),
    ExpirationDateTime: required(scalar.dateTime, 'The request is valid until this instant.'),
    ContractID: optional(scalar.text, 'The bilateral or market contract it is made under.'),
    ServiceType: optional(scalar.text, 'Response characteristics agreed in the contract.'),
  },
  { ISP: many(requestISP) },
);

export const FlexRequestResponse = responseTo({
  name: 'FlexRequestResponse',
  from: 'AGR',
  to: 'DSO',
  answers: 'FlexRequest',
  reference: 'FlexRequestMessageID',
  doc: 'The aggregator accepts or rejects the request as a message; it is not an offer.',
});

export const FlexOffer = flexMessage(
  {
    name: 'FlexOffer',
    from: 'AGR',
    to: 'DSO',
    answeredBy: 'FlexOfferResponse',
    doc: 'The aggregator offers flexibility in one or more mutually exclusive options.',
  },
  {
    ExpirationDateTime: required(scalar.dateTime, 'The offer is valid until this instant.'),
    Unsolicited: unsolicited,
    FlexRequestMessageID: optional(scalar.uuid, 'The request it answers; absent when unsolicited.'),
    ContractID: optional(scalar.text, 'The bilateral contract, if any.'),
    ...baseline,
    Currency: required(scalar.currency, 'Currency of the prices.'),
  },
  {
    OfferOption: many(
      element(
        {
          OptionReference: required(scalar.text, 'Identifies the option in an order; unique in the offer.'),
          Price: required(scalar.amount, 'Asking price of the whole option.'),
          MinActivationFactor: defaulted(
            scalar.factor,
            '1.00',
            'Least part of the option that may be ordered.',
          ),
        },
        { ISP: many(powerISP) },
      ),
    ),
  },
);

export const FlexOfferResponse = responseTo({
  name: 'FlexOfferResponse',
  from: 'DSO',
  to: 'AGR',
  answers: 'FlexOffer',
  reference: 'FlexOfferMessageID',
  doc: 'The DSO stored the offer or refused it; accepting is not ordering.',
});

export const FlexOfferRevocation = request(
  {
    name: 'FlexOfferRevocation',
    from: 'AGR',
    to: 'DSO',
    answeredBy: 'FlexOfferRevocationResponse',
    doc: 'The aggregator withdraws an accepted offer that was not ordered.',
  },
  { FlexOfferMessageID: required(scalar.uuid, 'The offer to withdraw.') },
);

export const FlexOfferRevocationResponse = responseTo({
  name: 'FlexOfferRevocationResponse',
  from: 'DSO',
  to: 'AGR',
  answers: 'FlexOfferRevocation',
  reference: 'FlexOfferRevocationMessageID',
  doc: 'The DSO accepts or refuses the withdrawal.',
});

export const FlexOrder = flexMessage(
  {
    name: 'FlexOrder',
    from: 'DSO',
    to: 'AGR',
    answeredBy: 'FlexOrderResponse',
    doc: 'The DSO orders an offered option, or directly under a contract (3.1.0).',
  },
  {
    Unsolicited: unsolicited,
    FlexOfferMessageID: versioned(
      scalar.uuid,
      { '3.0.0': 'required', '3.1.0': 'optional' },
      'The offer ordered; absent in a direct order.',
    ),
    ServiceType: versioned(
      scalar.text,
      { '3.0.0': 'absent', '3.1.0': 'optional' },
      'Response characteristics agreed in the contract.',
    ),
    ContractID: optional(scalar.text, 'The bilateral contract, if any.'),
    ...baseline,
    Price: required(scalar.amount, 'Price of the whole order.'),
    Currency: required(scalar.currency, 'Currency of the price.'),
    OrderReference: required(scalar.text, "The DSO's order number; settlements refer to it."),
    OptionReference: optional(scalar.text, 'The option ordered.'),
    ActivationFactor: defaulted(scalar.factor, '1.00', 'Part of the option that is ordered.'),
  },
  { ISP: many(powerISP) },
);

export const FlexOrderResponse = responseTo({
  name: 'FlexOrderResponse',
  from: 'AGR',
  to: 'DSO',
  answers: 'FlexOrder',
  reference: 'FlexOrderMessageID',
  doc: 'The aggregator accepts or rejects the order; an accepted order binds both.',
});
