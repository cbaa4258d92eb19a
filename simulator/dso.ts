import { randomUUID } from 'node:crypto';
import Big from 'big.js';
import { instant } from '../base/clock.ts';
import { ispCount, type Message } from '../uftp/index.ts';
import { noContract, settleContract } from './contract-settlement.ts';
import type { DirectOrder, Order, RequestFlex, Settle, UpdateReservation } from './control-api.ts';
import { SimulatorError } from './errors.ts';
import type { CongestionPoint, Contract, Market } from './market.ts';
import { miscounted } from './miscount.ts';
import { rejectionsOf } from './offer-checks.ts';
import { orderStatus, prognosisRejections } from './prognosis.ts';
import type { Content, Peer } from './peer.ts';
import { settleOrders, totalPower } from './settlement.ts';

export interface DSOOptions {
  readonly market: Market;
  readonly congestionPoints: readonly CongestionPoint[];
  readonly contracts?: readonly Contract[];
  /** Currency per MWh not delivered, for orders under no contract. */
  readonly penaltyPerMWh?: string;
}

/** A distribution system operator: it asks, orders and settles when told to, and answers by itself. */
export class DSO {
  readonly peer: Peer;
  readonly #options: DSOOptions;
  /** Every D-Prognosis that was accepted, oldest first. */
  readonly #prognoses: Message<'D-Prognosis'>[] = [];

  constructor(peer: Peer, options: DSOOptions) {
    this.peer = peer;
    this.#options = options;
    peer.market = { ISPDuration: options.market.ispDuration, TimeZone: options.market.timeZone };
    peer.behave = (message) => this.#react(message);
  }

  /** Sends a FlexRequest. */
  async requestFlex(wish: RequestFlex): Promise<Message<'FlexRequest'>> {
    const { period, congestionPoint, version, conversation, ...rest } = wish;
    return this.#send({
      type: 'FlexRequest',
      ...(conversation && { ConversationID: conversation }),
      ...(version && { Version: version }),
      ...this.#day(period, congestionPoint),
      Revision: rest.revision,
      ExpirationDateTime: rest.expires,
      ContractID: rest.contract,
      ServiceType: rest.serviceType,
      ISP: rest.isps.map((group) => ({
        Disposition: group.disposition,
        MinPower: group.minPower,
        MaxPower: group.maxPower,
        Start: group.start,
        Duration: group.duration,
      })),
    });
  }

  /**
   * Orders an option of a received offer: the only one unless `option` names it, as a whole unless `factor` says
   * how much (UFTP, "FlexOrder", partial activation: power and price scale with the ActivationFactor).
   * @throws SimulatorError `simulator.offer-unknown`, `simulator.option-unknown`
   */
  async order(wish: Order): Promise<Message<'FlexOrder'>> {
    const { offer: offerId, option: reference, factor = '1.00', orderReference, price, isps } = wish;
    const offer = this.#offer(offerId);
    const option =
      reference === undefined
        ? offer.OfferOption[0]!
        : offer.OfferOption.find((candidate) => candidate.OptionReference === reference);
    if (!option) {
      throw new SimulatorError(
        'simulator.option-unknown',
        `The offer has no option "${reference}".`,
        `It has: ${offer.OfferOption.map((candidate) => candidate.OptionReference).join(', ')}.`,
      );
    }
    return this.#send({
      type: 'FlexOrder',
      Version: offer.Version,
      ConversationID: offer.ConversationID,
      ISPDuration: offer.ISPDuration,
      TimeZone: offer.TimeZone,
      Period: offer.Period,
      CongestionPoint: offer.CongestionPoint,
      FlexOfferMessageID: offer.MessageID,
      ContractID: offer.ContractID,
      DPrognosisMessageID: offer.DPrognosisMessageID,
      BaselineReference: offer.BaselineReference,
      Price: price ?? (Number(factor) === 1 ? option.Price : new Big(option.Price).times(factor).toFixed(2)),
      Currency: offer.Currency,
      OrderReference: orderReference ?? `ORDER-${randomUUID().slice(0, 8)}`,
      OptionReference: option.OptionReference,
      ActivationFactor: factor,
      ISP:
        isps?.map(powerGroup) ??
        option.ISP.map((group) => ({ ...group, Power: Math.round(group.Power * Number(factor)) })),
    });
  }

  /** Orders under a contract, without an offer (UFTP 3.1.0 FlexOrder, "Unsolicited"). */
  async orderDirectly(wish: DirectOrder): Promise<Message<'FlexOrder'>> {
    return this.#send({
      type: 'FlexOrder',
      ...this.#day(wish.period, wish.congestionPoint),
      Unsolicited: true,
      ContractID: wish.contract,
      Price: wish.price,
      Currency: this.#options.market.currency,
      OrderReference: wish.orderReference ?? `ORDER-${randomUUID().slice(0, 8)}`,
      ActivationFactor: '1.00',
      ISP: wish.isps.map(powerGroup),
    });
  }

  /** Sends a FlexReservationUpdate: what stays reserved under a contract. */
  async updateReservation(update: UpdateReservation): Promise<Message<'FlexReservationUpdate'>> {
    return this.#send({
      type: 'FlexReservationUpdate',
      ...(update.version && { Version: update.version }),
      ...this.#day(update.period, update.congestionPoint),
      ContractID: update.contract,
      Reference: update.reference,
      ISP: update.isps.map(powerGroup),
    });
  }

  /**
   * Settles one day at one congestion point from metered delivery, and sends the FlexSettlement. Without `orders`
   * every accepted order is settled, and every contract, called on or not; naming fewer orders, `overcharge` or a
   * `miscount` makes a settlement that ought to be contested.
   * @throws SimulatorError `simulator.order-unknown`, `simulator.readings-incomplete`, `simulator.orders-opposed`
   */
  async settle(day: Settle): Promise<Message<'FlexSettlement'>> {
    const { market, contracts = [], penaltyPerMWh = '0' } = this.#options;
    const accepted = this.#acceptedOrders(day.period, day.congestionPoint);
    const orders = day.orders?.map((reference) => named(reference, accepted)) ?? accepted;
    const count = ispCount(day.period, market.timeZone, market.ispDuration);
    const settlements = settleOrders({
      market,
      orders,
      baseline: day.baseline,
      actual: totalPower(day.readings, count),
      penaltyPerMWh: (id) => contracts.find((contract) => contract.id === id)?.penaltyPerMWh ?? penaltyPerMWh,
    });
    const { record } = this.peer;
    const sameDay = (message: { Period: string; CongestionPoint: string }) =>
      message.Period === day.period && message.CongestionPoint === day.congestionPoint;
    const under = (id: string) => (message: { ContractID?: string | undefined }) => message.ContractID === id;
    const contractSettlements = contracts.map((contract) =>
      settleContract({
        contract,
        period: day.period,
        count,
        reservation: record.all('sent', 'FlexReservationUpdate').filter(sameDay).findLast(under(contract.id)),
        requests: record.all('sent', 'FlexRequest').filter(sameDay).filter(under(contract.id)),
        offers: record.all('received', 'FlexOffer').filter(sameDay).filter(under(contract.id)),
        orders: orders.filter(under(contract.id)),
      }),
    );
    const figures = {
      FlexOrderSettlement: settlements.map((item) => overcharged(item, day.overcharge)),
      ContractSettlement: contractSettlements.length > 0 ? contractSettlements : [noContract(day.period)],
    };
    return this.#send({
      type: 'FlexSettlement',
      Version: day.version ?? orders[0]?.Version ?? this.peer.version,
      // Required by the schemas of 3.x, where it says nothing.
      Result: 'Accepted',
      PeriodStart: day.periodStart ?? day.period,
      PeriodEnd: day.periodEnd ?? day.period,
      Currency: market.currency,
      ...(day.miscount === undefined ? figures : miscounted(figures, day.miscount)),
    });
  }

  async #react(message: Message): Promise<void> {
    switch (message.type) {
      case 'FlexOffer':
        return this.peer.answer(message, this.#judgeOffer(message));
      case 'FlexOfferRevocation': {
        const offer = this.peer.record.received(message.FlexOfferMessageID, 'FlexOffer');
        if (!offer) return this.peer.answer(message, ['Unknown reference FlexOfferMessageID']);
        const ordered = this.#acceptedOrders(offer.Period, offer.CongestionPoint).some(
          (order) => order.FlexOfferMessageID === offer.MessageID,
        );
        return this.peer.answer(message, ordered ? ['Flexibility procured'] : []);
      }
      case 'D-Prognosis':
        return this.#judgePrognosis(message);
      case 'Metering':
      case 'TestMessage':
        return this.peer.answer(message);
      default:
        // Responses: the record holds them, and whoever steers this DSO waits for them there.
        return;
    }
  }

  async #judgePrognosis(prognosis: Message<'D-Prognosis'>): Promise<void> {
    const context = {
      known: this.#options.congestionPoints.some(
        ({ entityAddress }) => entityAddress === prognosis.CongestionPoint,
      ),
      accepted: this.#prognoses,
      orders: this.#acceptedOrders(prognosis.Period, prognosis.CongestionPoint),
    };
    const reasons = prognosisRejections(prognosis, context);
    const status = orderStatus(prognosis, context);
    if (reasons.length === 0) this.#prognoses.push(prognosis);
    return this.peer.answer(prognosis, reasons, { FlexOrderStatus: reasons.length > 0 ? [] : status });
  }

  #judgeOffer(offer: Message<'FlexOffer'>): string[] {
    const point = this.#options.congestionPoints.find(
      (candidate) => candidate.entityAddress === offer.CongestionPoint,
    );
    const { FlexRequestMessageID: requestId } = offer;
    const reasons = rejectionsOf(offer, {
      request: requestId === undefined ? undefined : this.peer.record.sent(requestId, 'FlexRequest'),
      now: instant(this.peer.clock),
      mutexOffersSupported: point?.mutexOffersSupported ?? false,
    });
    return point ? reasons : [...new Set(['Invalid congestion point', ...reasons])];
  }

  #offer(messageId: string): Message<'FlexOffer'> {
    const offer = this.peer.record.received(messageId, 'FlexOffer');
    if (offer) return offer;
    throw new SimulatorError(
      'simulator.offer-unknown',
      `No FlexOffer ${messageId} was received.`,
      'Wait for the offer before ordering it.',
    );
  }

  /** Orders of a day that the aggregator accepted: those alone bind. */
  #acceptedOrders(period: string, congestionPoint: string): Message<'FlexOrder'>[] {
    const accepted = new Set(
      this.peer.record
        .all('received', 'FlexOrderResponse')
        .filter(({ Result }) => Result === 'Accepted')
        .map(({ FlexOrderMessageID }) => FlexOrderMessageID.toLowerCase()),
    );
    return this.peer.record
      .all('sent', 'FlexOrder')
      .filter(
        (order) =>
          order.Period === period &&
          order.CongestionPoint === congestionPoint &&
          accepted.has(order.MessageID.toLowerCase()),
      );
  }

  #day(period: string, congestionPoint: string) {
    const { timeZone, ispDuration } = this.#options.market;
    return {
      ISPDuration: ispDuration,
      TimeZone: timeZone,
      Period: period,
      CongestionPoint: congestionPoint,
    };
  }

  #send<T extends Message['type']>(content: Content<T> & { type: T }): Promise<Message<T>> {
    return this.peer.send<T>(this.peer.partnerIn('AGR').domain, content);
  }
}

type OrderSettlement = Message<'FlexSettlement'>['FlexOrderSettlement'][number];

const powerGroup = (group: { powerW: number; start: number; duration: number }) => ({
  Power: group.powerW,
  Start: group.start,
  Duration: group.duration,
});

function named(reference: string, orders: readonly Message<'FlexOrder'>[]): Message<'FlexOrder'> {
  const order = orders.find(({ OrderReference }) => OrderReference === reference);
  if (order) return order;
  throw new SimulatorError(
    'simulator.order-unknown',
    `No accepted order of that day has the reference "${reference}".`,
    `Accepted are: ${orders.map(({ OrderReference }) => OrderReference).join(', ') || 'none'}.`,
  );
}

function overcharged(item: OrderSettlement, amount: string | undefined): OrderSettlement {
  if (amount === undefined) return item;
  const Penalty = new Big(item.Penalty).plus(amount).toFixed(2);
  return { ...item, Penalty, NetSettlement: new Big(item.Price).minus(Penalty).toFixed(2) };
}
