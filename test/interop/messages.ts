import Big from 'big.js';
import { settleContract } from '../../simulator/contract-settlement.ts';
import { type MeterReadings, scenario } from '../../simulator/index.ts';
import { settleOrders, totalPower } from '../../simulator/settlement.ts';
import type { Message } from '../../uftp/index.ts';
import type { Content } from './python-peer.ts';

type Story = ReturnType<typeof scenario.standardStory>;
const { market, contract } = scenario;

/** What the Python DSO is told to say in the standard story: contents by their names in XML. */

export function flexRequest({ request }: Story): Content {
  return {
    ...dayOf(request),
    Revision: 1,
    ExpirationDateTime: request.expires,
    ContractID: request.contract,
    ISP: request.isps.map(({ disposition, minPower, maxPower, start, duration }) => ({
      Disposition: disposition,
      MinPower: minPower,
      MaxPower: maxPower,
      Start: start,
      Duration: duration,
    })),
  };
}

/** Orders the only option of an offer, as it was offered. */
export function flexOrder(offer: Message<'FlexOffer'>): Content {
  const { OptionReference, Price, ISP } = offer.OfferOption[0]!;
  return {
    ...dayOf({ period: offer.Period, congestionPoint: offer.CongestionPoint }),
    FlexOfferMessageID: offer.MessageID,
    ContractID: offer.ContractID,
    BaselineReference: offer.BaselineReference,
    Price,
    Currency: offer.Currency,
    OrderReference: `PYTHON-${offer.Period}`,
    OptionReference,
    ActivationFactor: '1.00',
    ISP,
  };
}

export function flexReservationUpdate({ reservationUpdate }: Story): Content {
  return {
    ...dayOf(reservationUpdate),
    ContractID: reservationUpdate.contract,
    Reference: reservationUpdate.reference,
    ISP: reservationUpdate.isps.map(({ powerW, start, duration }) => ({
      Power: powerW,
      Start: start,
      Duration: duration,
    })),
  };
}

/** One day's trade, as the DSO keeps it. */
export interface Trade {
  readonly story: Story;
  readonly request: Message<'FlexRequest'>;
  readonly offer: Message<'FlexOffer'>;
  readonly order: Message<'FlexOrder'>;
  readonly update: Message<'FlexReservationUpdate'>;
}

/** @param overcharge added to the penalty: a settlement that ought to be disputed */
export function flexSettlement(
  { story, request, offer, order, update }: Trade,
  { readings }: MeterReadings,
  overcharge: string,
): Content {
  const { period, ispCount: count, baseline } = story;
  const items = settleOrders({
    market,
    orders: [order],
    baseline: baseline.power,
    actual: totalPower(readings, count),
    penaltyPerMWh: () => contract.penaltyPerMWh,
  });
  return {
    PeriodStart: period,
    PeriodEnd: period,
    Currency: market.currency,
    FlexOrderSettlement: items.map((item) => ({
      ...item,
      Penalty: new Big(item.Penalty).plus(overcharge).toFixed(2),
      NetSettlement: new Big(item.NetSettlement).minus(overcharge).toFixed(2),
    })),
    ContractSettlement: [
      settleContract({
        contract,
        period,
        count,
        reservation: update,
        requests: [request],
        offers: [offer],
        orders: [order],
      }),
    ],
  };
}

function dayOf({ period, congestionPoint }: { period: string; congestionPoint: string }): Content {
  return {
    'ISP-Duration': market.ispDuration,
    TimeZone: market.timeZone,
    Period: period,
    CongestionPoint: congestionPoint,
  };
}
