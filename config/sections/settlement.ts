import { z } from 'zod';
import * as fields from '../fields.ts';

/** UFTP gives no split of an order's Price: it is owed as ordered, or for the share of its energy that was delivered. */
export const payFor = fields.choice(['ordered', 'delivered']);

/** How a DSO's FlexSettlements are judged, and who has the last word. Agreed with the DSO, or our own choice: no message says it. */
export const settlement = z.strictObject({
  powerToleranceW: fields.power.default(0),
  amountTolerance: fields.nonNegativeAmount.default('0.00'),
  /** Of orders under no contract; a contract has a rate of its own. */
  penaltyPerMWh: fields.nonNegativeAmount.default('0'),
  /** Of orders under no contract, and where their contract does not say it. */
  payFor: payFor.default('ordered'),
  /** Figures of which we have none, such as ISPs without our own meter data. */
  unknown: fields.choice(['dispute', 'accept']).default('dispute'),
  /** Whether an operator is asked before a settlement is answered: never, always, or where something is disputed. */
  review: fields.choice(['automatic', 'always', 'disputes']).default('automatic'),
  /** After the last ordered ISP: no settlement by then is an alert. */
  expectedWithin: fields.duration.default('PT1440H'),
  /** After that, what was computed is answered. */
  reviewWithin: fields.duration.default('PT72H'),
});

export type SettlementTerms = z.output<typeof settlement>;
