import { Temporal } from 'temporal-polyfill';
import type { Dso, Strategy } from '../../config/index.ts';
import type { AssetUse } from '../../market/allocation.ts';
import type { AssetDay, DayOfISPs } from '../../market/asset.ts';
import type { Covered } from '../../market/coverage.ts';
import type {
  DecideInput,
  Frame,
  OfferContent,
  OfferDecision,
  RedispatchBy,
  RequestFacts,
} from '../../market/flex-request/index.ts';
import { firstISP, type PowerISP, type RequestedBand } from '../../market/power.ts';
import { ispStart } from '../../uftp/index.ts';

/** What is known before anything is decided. */
export interface Situation {
  readonly frame: Frame;
  readonly dso: Dso;
  readonly settings: Strategy;
  readonly day: DayOfISPs;
  /** What is behind the congestion point. Never empty. */
  readonly assets: readonly AssetDay[];
  /** Whether day-ahead trading for the Period is over. */
  readonly intraday: boolean;
  readonly redispatchBy: RedispatchBy;
  /** The first ISP that may be offered: intraday, the first whose gate is open. */
  readonly firstISP: number;
  /** What may be offered of the request; absent where there is none. */
  readonly bands?: readonly RequestedBand[];
  /** W by ISP that a contract obliges to offer at least, beside the offers that stand. */
  readonly obligations: ReadonlyMap<number, number>;
  /** What the offers that stand fill of the bands. */
  readonly covered: Covered;
  /** Whether several options that exclude each other may be offered. */
  readonly mutexOffersSupported: boolean;
  /** What names the baseline, as agreed. */
  readonly baseline: Pick<OfferContent, 'BaselineReference' | 'DPrognosisMessageID'>;
}

/** What a strategy knows besides the request. In `assets` is how much of them other offers and orders hold. */
export interface StrategyContext extends Situation, Pick<DecideInput, 'why' | 'refusal' | 'offered'> {
  /** The present instant (UTC). */
  readonly now: string;
  /** Names the offer that is decided on: the same for every try. */
  readonly key: { readonly workflowId: string; readonly step: string };
}

/** A decision, and where it is known who gives the power of its options. */
export interface Decided {
  readonly decision: OfferDecision;
  readonly uses?: readonly (readonly AssetUse[])[];
}

/** Decides what to offer for a request. */
export interface OfferStrategy {
  /**
   * A decision that takes its time: what is free may be gone by then, and it is asked once more. Undefined where
   * there is none; then, and where what it decides on is not free, `decide` decides.
   */
  ask?(request: RequestFacts, context: StrategyContext): Promise<Decided | undefined>;
  /** A decision on the spot, while nobody else can take power: it has to be quick, and offer only what is free. */
  decide(request: RequestFacts, context: StrategyContext): Decided;
}

export const noBid = (reason: string): Decided => ({ decision: { kind: 'noBid', reason } });

/** One option of an offer, before it has its OptionReference. */
export interface ProposedOption {
  /** Decimal, in the market's currency. */
  readonly price: string;
  readonly minActivationFactor?: string | undefined;
  readonly ISP: readonly PowerISP[];
  readonly uses?: readonly AssetUse[] | undefined;
}

/** The offer of these options, with what the market agreed on; no bid where delivery would already have begun. */
export function offerOf(
  { now, dso, settings, frame, baseline, redispatchBy }: StrategyContext,
  options: readonly ProposedOption[],
  expiresAt?: string,
): Decided {
  // An order that comes after delivery began could not be followed.
  const first = Math.min(...options.map(({ ISP }) => firstISP(ISP)));
  const begins = ispStart(frame.Period, frame.TimeZone, frame.ISPDuration, first);
  if (now >= begins) return noBid('delivery would already have begun');
  const validity = Temporal.Duration.from(settings.offerValidity).total('milliseconds');
  const wanted = expiresAt ?? new Date(Date.parse(now) + validity).toISOString();
  const uses = options.map((option) => option.uses);
  return {
    decision: {
      kind: 'offer',
      redispatchBy,
      content: {
        ExpirationDateTime: wanted < begins ? wanted : begins,
        ...(frame.ContractID !== undefined && { ContractID: frame.ContractID }),
        ...baseline,
        Currency: dso.market.currency,
        OfferOption: options.map(({ price, minActivationFactor, ISP, uses }, index) => ({
          OptionReference: optionReference(index),
          Price: price,
          MinActivationFactor:
            minActivationFactor ?? (givesWholeSteps(uses) ? '1.00' : settings.minActivationFactor),
          ISP,
        })),
      },
    },
    ...(uses.every((each) => each !== undefined) && { uses }),
  };
}

/** Of what gives whole steps only, nobody can order a part. */
const givesWholeSteps = (uses: readonly AssetUse[] = []): boolean =>
  uses.some(({ asset }) => (asset.limits.stepW ?? 1) > 1);

/** A to Z, and by number from then on. */
const optionReference = (index: number): string =>
  index < 26 ? String.fromCharCode(65 + index) : `${index + 1}`;
