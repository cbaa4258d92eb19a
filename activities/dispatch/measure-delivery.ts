import { measuredDelivery } from '../../market/delivery.ts';
import type { Frame, MeasuredDelivery, OrderFacts } from '../../market/flex-request/index.ts';
import { ispCount, ispMinutes } from '../../uftp/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { fromStored } from '../isps.ts';
import { baselineOf } from '../settlement-facts.ts';

/** Compares the delivery of an order with our own baseline and meter readings. What is missing stays unknown. */
export async function measureDelivery(
  { store }: Pick<Dependencies, 'store'>,
  { frame, order }: { frame: Frame; order: OrderFacts },
): Promise<MeasuredDelivery> {
  const { CongestionPoint, Period, TimeZone, ISPDuration } = order;
  const sameDay = await store.orders.inPeriod(frame.dso, Period, Period);
  const together = sameDay.filter(({ congestionPoint }) => congestionPoint === CongestionPoint);
  const own = together.find(({ orderReference }) => orderReference === order.OrderReference);
  const connections = await store.portfolio.connectionsOn(CongestionPoint, Period);
  const count = ispCount(Period, TimeZone, ISPDuration);
  return measuredDelivery(
    together.map(({ orderReference, price, currency, isps }) => ({
      ...{ orderReference, price, currency },
      ISP: fromStored(isps),
    })),
    order.OrderReference,
    {
      baseline: own ? await baselineOf(store, own, order.DPrognosisMessageID) : [],
      actual: await store.meterReadings.sumOver(connections, Period, count),
      ispMinutes: ispMinutes(ISPDuration),
    },
  );
}
