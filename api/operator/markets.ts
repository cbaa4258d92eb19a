import { ispCount, ispMinutes, sameOffset } from '../../uftp/index.ts';

/** The constants of one DSO's market, which give ISP numbers their meaning. */
export interface Market {
  readonly dso: string;
  /** The protocol version spoken with it. */
  readonly version: string;
  readonly timeZone: string;
  /** e.g. `PT15M` */
  readonly ispDuration: string;
  /** The BaselineReference agreed with the DSO. */
  readonly baselineReference: string | undefined;
}

/** ISPs of that day in that market: 92, 96 or 100 for PT15M. */
export function ispsOf(market: Market, period: string): number {
  return ispCount(period, market.timeZone, market.ispDuration);
}

/** Whether ISP numbers given under this time zone and duration mean the same in the market, on that day. */
export function sameISPs(market: Market, period: string, timeZone: string, ispDuration: string): boolean {
  return (
    ispMinutes(market.ispDuration) === ispMinutes(ispDuration) &&
    sameOffset(market.timeZone, timeZone, period)
  );
}
