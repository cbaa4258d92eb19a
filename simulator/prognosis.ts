import { firstGap, ispCount, ispsOf, type Message } from '../uftp/index.ts';

type DPrognosis = Message<'D-Prognosis'>;
type FlexOrder = Message<'FlexOrder'>;

/** What a DSO holds a D-Prognosis against. */
export interface PrognosisContext {
  /** Whether the DSO knows its congestion point. */
  readonly known: boolean;
  /** Every D-Prognosis that the DSO accepted from this sender before, oldest first. */
  readonly accepted: readonly DPrognosis[];
  /** The orders of that day at that congestion point that the aggregator accepted, oldest first. */
  readonly orders: readonly FlexOrder[];
}

/** Why a DSO rejects a D-Prognosis (UFTP, "D-Prognosis", rejection reasons); empty where it does not. */
export function prognosisRejections(prognosis: DPrognosis, { known, accepted }: PrognosisContext): string[] {
  const { Period, TimeZone, ISPDuration, ISP, Revision } = prognosis;
  const highest = Math.max(...accepted.map((each) => each.Revision), Number.NEGATIVE_INFINITY);
  return [
    ...(known ? [] : ['Invalid CongestionPoint']),
    ...(firstGap(ISP, ispCount(Period, TimeZone, ISPDuration)) === undefined ? [] : ['Lacking ISPs']),
    ...(Revision > highest ? [] : ['Subordinate sequence number']),
  ];
}

/**
 * Which orders a D-Prognosis reflects (UFTP, "D-PrognosisResponse"): on each of its ISPs it differs from the last
 * prognosis before any order there by exactly what was ordered there.
 */
export function orderStatus(
  prognosis: DPrognosis,
  { accepted, orders }: PrognosisContext,
): Message<'D-PrognosisResponse'>['FlexOrderStatus'] {
  const count = ispCount(prognosis.Period, prognosis.TimeZone, prognosis.ISPDuration);
  const now = profileOf(prognosis, count);
  const sameDay = accepted.filter(
    ({ Period, CongestionPoint }) =>
      Period === prognosis.Period && CongestionPoint === prognosis.CongestionPoint,
  );
  const ordered = orders.map((order) => ({ order, power: profileOf(order, count) }));
  return orders.map((order) => {
    const isps = [...ispsOf(order.ISP, count)].map(({ ISP }) => ISP);
    const reflected = isps.every((isp) => {
      const there = ordered.filter(({ power }) => power.has(isp));
      const first = there.map(({ order: { TimeStamp } }) => TimeStamp).toSorted()[0]!;
      const before = sameDay.findLast(({ TimeStamp }) => TimeStamp <= first);
      const base = before && profileOf(before, count).get(isp);
      const sum = there.reduce((total, { power }) => total + power.get(isp)!, 0);
      return base !== undefined && now.get(isp) === base + sum;
    });
    return { FlexOrderMessageID: order.MessageID, IsValidated: reflected };
  });
}

/** W by ISP. */
function profileOf(
  { ISP }: Pick<DPrognosis, 'ISP'> | Pick<FlexOrder, 'ISP'>,
  count: number,
): Map<number, number> {
  return new Map([...ispsOf(ISP, count)].map(({ ISP: isp, group }) => [isp, group.Power] as const));
}
