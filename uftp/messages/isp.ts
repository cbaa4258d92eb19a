import { defaulted, element, required, optional } from '../definition/element.ts';
import { scalar } from '../definition/scalar.ts';

const start = required(scalar.positive, 'Number of the first ISP this group covers; the day starts with 1.');
const duration = defaulted(scalar.positive, 1, 'How many consecutive ISPs this group covers.');

/** An ISP group with one power (W): reservation updates, offers and orders. */
export const powerISP = element({
  Power: required(scalar.power, 'Power in W, averaged over the ISP; + is consumption.'),
  Start: start,
  Duration: duration,
});

/** D-Prognosis alone types Start and Duration as xs:integer; zero and below fail the rules, not the schema. */
export const prognosisISP = element({
  Power: required(scalar.power, 'Average power in W of all prosumers served here; + is consumption.'),
  Start: required(scalar.integer, 'Number of the first ISP this group covers.'),
  Duration: defaulted(scalar.integer, 1, 'How many consecutive ISPs this group covers.'),
});

export const requestISP = element({
  Disposition: optional(
    scalar.disposition,
    'Requested, or Available for shifted load; absent reads as Available.',
  ),
  MinPower: required(scalar.power, 'Lower bound in W of the change from the baseline.'),
  MaxPower: required(scalar.power, 'Upper bound in W of the change from the baseline.'),
  Start: start,
  Duration: duration,
});

export const settlementISP = element({
  Start: start,
  Duration: duration,
  BaselinePower: required(scalar.power, 'Power in W the connection group would have had.'),
  OrderedFlexPower: required(scalar.power, 'Ordered change from the baseline in W.'),
  ActualPower: required(scalar.power, 'Measured power in W.'),
  DeliveredFlexPower: required(scalar.power, 'Delivered change in W, at most what was ordered.'),
  PowerDeficiency: defaulted(scalar.power, 0, 'Ordered but not delivered, in W.'),
});

export const contractISP = element({
  Start: start,
  Duration: duration,
  ReservedPower: required(scalar.power, 'Reserved and not released, in W.'),
  RequestedPower: optional(scalar.power, 'Requested under the contract, in W.'),
  AvailablePower: optional(scalar.power, 'Limit in W up to which an offer complies.'),
  OfferedPower: optional(scalar.power, 'Offered in W, from the most compliant offer.'),
  OrderedPower: optional(scalar.power, 'Ordered under the contract, in W.'),
});

export const meteringISP = element({
  Start: required(scalar.integer, 'Number of the ISP; metering has one entry an ISP.'),
  Value: required(scalar.decimal, 'Value in the unit of the profile.'),
});
