import type { PowerISP } from '../power.ts';
import type { PrognosisAnswer, PrognosisTerms } from './state.ts';

/** How sending a D-Prognosis ended. Its revision was given when it was written. */
export interface PrognosisDelivery {
  readonly messageId: string;
  readonly revision: number;
  readonly outcome: 'delivered' | 'refused' | 'expired';
  readonly reason?: string;
}

/** What can happen to the prognoses of a day. */
export type PrognosisEvent =
  | { readonly type: 'opened'; readonly terms: PrognosisTerms }
  /** The portfolio, the forecasting system or the operator asks for another look. */
  | { readonly type: 'refresh' }
  | { readonly type: 'forecast'; readonly power: readonly number[] }
  | { readonly type: 'noForecast'; readonly reason: string }
  | { readonly type: 'sent'; readonly step: string; readonly delivery: PrognosisDelivery }
  | { readonly type: 'answered'; readonly answer: PrognosisAnswer }
  /** An order was accepted whose baseline the prognosis is. */
  | {
      readonly type: 'ordered';
      readonly orderMessageId: string;
      readonly orderReference: string;
      readonly ISP: readonly PowerISP[];
      readonly workflowId: string;
    }
  /** Delivery of an order will differ: W by ISP, on top of what was ordered; what the same id said before is void. */
  | { readonly type: 'deviation'; readonly id: string; readonly ISP: readonly PowerISP[] }
  /** We no longer serve anybody there. */
  | { readonly type: 'withdrawn'; readonly reason: string }
  | { readonly type: 'clock' };

/** What the workflow has to carry out. */
export type PrognosisEffect =
  | { readonly kind: 'forecast' }
  | {
      readonly kind: 'send';
      readonly step: string;
      readonly power: readonly number[];
      /** The revision is to be no lower than this, */
      readonly floor?: number;
      /** unless the DSO has taken one above this one, which it refused as too low: then that was overtaken. */
      readonly refused?: number;
      readonly spelledOut: boolean;
    }
  /** The same bytes once more. */
  | { readonly kind: 'sendAgain'; readonly step: string }
  | {
      readonly kind: 'keepAnswer';
      readonly messageId: string;
      readonly result: 'Accepted' | 'Rejected';
      readonly reason?: string;
      readonly answeredAt: string;
    }
  /** Tell an order's conversation whether the DSO found it in the prognosis. */
  | {
      readonly kind: 'tell';
      readonly workflowId: string;
      readonly event: {
        readonly type: 'prognosed';
        readonly orderMessageId: string;
        readonly validated: boolean;
        readonly reason?: string;
      };
    };
