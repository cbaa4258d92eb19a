import { CONTRACT_RULES } from './contract.ts';
import { ISP_RULES } from './isps.ts';
import { METERING_RULES } from './metering.ts';
import { OFFER_RULES } from './offer.ts';
import { ORDER_RULES } from './order.ts';
import { REFERENCE_RULES } from './references.ts';
import { REGISTRY_RULES } from './registry.ts';
import { REQUEST_RULES } from './request.ts';
import { SENDER_RULES } from './sender.ts';
import { SETTLEMENT_RULES } from './settlement.ts';
import { TIME_RULES } from './time.ts';

/** Every rule on received messages, by family. Within and across families, what is presumed stands first. */
export const FAMILIES = {
  'Sender, recipient, identity': SENDER_RULES,
  'Days, zones, deadlines': TIME_RULES,
  ISPs: ISP_RULES,
  'Requests and revisions': REQUEST_RULES,
  'Offers and revocations': OFFER_RULES,
  References: REFERENCE_RULES,
  'Congestion points and contracts': CONTRACT_RULES,
  Orders: ORDER_RULES,
  Settlement: SETTLEMENT_RULES,
  Metering: METERING_RULES,
  'Register of connections': REGISTRY_RULES,
} as const;

/** The same rules as one list, in the order in which they are judged. */
export const RULES = Object.values(FAMILIES).flat();

export type RuleName = (typeof RULES)[number]['name'];
