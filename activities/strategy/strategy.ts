import { Temporal } from 'temporal-polyfill';
import type { DayOfISPs, PlacedAsset } from '../../market/capacity.ts';
import type { OfferDecision, RequestFacts } from '../../market/flex-request/index.ts';
import { firstISP, type PowerISP } from '../../market/power.ts';
import type { Dso, Strategy } from '../../config/index.ts';
import { ispStart } from '../../uftp/index.ts';

/** What is known about a request before anything is decided. */
export interface Situation {
  readonly dso: Dso;
  readonly settings: Strategy;
  readonly day: DayOfISPs;
  /** What is behind the congestion point. Never empty. */
  readonly assets: readonly PlacedAsset[];
  /** W by ISP that a contract obliges to offer at least. */
  readonly obligations: ReadonlyMap<number, number>;
  /** Whether several options that exclude each other may be offered. */
  readonly mutexOffersSupported: boolean;
}

/** What a strategy knows besides the request. In `assets` is how much of them other offers and orders hold. */
export interface StrategyContext extends Situation {
  /** The present instant (UTC). */
  readonly now: string;
  /** Names the offer that is decided on: the same for every try. */
  readonly key: { readonly workflowId: string; readonly step: string };
}

/** Decides what to offer for a request. */
export interface OfferStrategy {
  /**
   * A decision that takes its time: what is free may be gone by then, and it is asked once more. Undefined where
   * there is none; then, and where what it decides on is not free, `decide` decides.
   */
  ask?(request: RequestFacts, context: StrategyContext): Promise<OfferDecision | undefined>;
  /** A decision on the spot, while nobody else can take power: it has to be quick, and offer only what is free. */
  decide(request: RequestFacts, context: StrategyContext): OfferDecision;
}

/** One option of an offer, before it has its OptionReference. */
export interface ProposedOption {
  /** Decimal, in the market's currency. */
  readonly price: string;
  readonly minActivationFactor?: string | undefined;
  readonly ISP: readonly PowerISP[];
}

/** The offer of these options, with what the market agreed on; no bid where delivery would already have begun. */
export function offerOf(
  request: RequestFacts,
  { now, dso, settings }: StrategyContext,
  options: readonly ProposedOption[],
  expiresAt?: string,
): OfferDecision {
  // An order that comes after delivery began could not be followed.
  const first = Math.min(...options.map(({ ISP }) => firstISP(ISP)));
  const begins = ispStart(request.Period, request.TimeZone, request.ISPDuration, first);
  if (now >= begins) return { kind: 'noBid', reason: 'delivery would already have begun' };
  const validity = Temporal.Duration.from(settings.offerValidity).total('milliseconds');
  const wanted = expiresAt ?? new Date(Date.parse(now) + validity).toISOString();
  return {
    kind: 'offer',
    content: {
      ExpirationDateTime: wanted < begins ? wanted : begins,
      ...(request.ContractID !== undefined && { ContractID: request.ContractID }),
      ...(dso.baseline.kind === 'reference' && { BaselineReference: dso.baseline.reference }),
      Currency: dso.market.currency,
      OfferOption: options.map(({ price, minActivationFactor, ISP }, index) => ({
        OptionReference: optionReference(index),
        Price: price,
        MinActivationFactor: minActivationFactor ?? settings.minActivationFactor,
        ISP,
      })),
    },
  };
}

/** A to Z, and by number from then on. */
const optionReference = (index: number): string =>
  index < 26 ? String.fromCharCode(65 + index) : `${index + 1}`;
