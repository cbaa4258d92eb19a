import { ispCount, ispsOf, type Message } from '../uftp/index.ts';

type FlexOffer = Message<'FlexOffer'>;
type FlexRequest = Message<'FlexRequest'>;

/** What a DSO holds an offer against. */
export interface OfferContext {
  readonly request: FlexRequest | undefined;
  /** The present instant (UTC). */
  readonly now: string;
  readonly mutexOffersSupported: boolean;
}

/**
 * Why a DSO rejects a FlexOffer that is sound as a message (UFTP, "FlexOffer", rejection reasons); empty where it
 * does not.
 */
export function rejectionsOf(
  offer: FlexOffer,
  { request, now, mutexOffersSupported }: OfferContext,
): string[] {
  const hasBaseline = offer.BaselineReference !== undefined || offer.DPrognosisMessageID !== undefined;
  return [
    ...unless(offer.OfferOption.length === 1 || mutexOffersSupported, 'No MutEx offer support'),
    ...unless(hasBaseline, 'No baseline'),
    ...unless(
      offer.FlexRequestMessageID === undefined || request !== undefined,
      'Unknown reference FlexRequestMessageID',
    ),
    ...(request ? rejectionsAgainst(offer, request, now) : []),
  ];
}

function rejectionsAgainst(offer: FlexOffer, request: FlexRequest, now: string): string[] {
  const count = ispCount(offer.Period, offer.TimeZone, offer.ISPDuration);
  const band = new Map([...ispsOf(request.ISP, count)].map(({ ISP, group }) => [ISP, group]));
  const options = offer.OfferOption.map(({ ISP }) => [...ispsOf(ISP, count)]);
  return [
    ...unless(offer.Period === request.Period, 'Reference Period mismatch'),
    ...unless(offer.CongestionPoint === request.CongestionPoint, 'Invalid congestion point'),
    ...unless(offer.ContractID === request.ContractID, 'Unknown reference ContractID'),
    ...unless(request.ExpirationDateTime > now, 'Reference message expired'),
    ...unless(
      options.every((isps) => isps.some(({ ISP }) => band.get(ISP)?.Disposition === 'Requested')),
      'Request mismatch',
    ),
    ...unless(
      options.every((isps) =>
        isps.every(({ ISP, group: { Power } }) => {
          const asked = band.get(ISP);
          return asked !== undefined && Power >= asked.MinPower && Power <= asked.MaxPower;
        }),
      ),
      'Power value rejection',
    ),
  ];
}

const unless = (holds: boolean, reason: string): string[] => (holds ? [] : [reason]);
