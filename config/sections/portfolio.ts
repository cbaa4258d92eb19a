import { scalar } from '../../uftp/definition/scalar.ts';
import * as fields from '../fields.ts';
import { timeOfDay } from './market.ts';

const MEBIBYTE = 1024 * 1024;

/** What a connection has beside its days and assets. */
export const connectionExtras = {
  /** What its Metering messages name; absent: its own EAN. */
  meteringEAN: fields.protocolField(scalar.wideMeteringEan, 'Write it such as E8716859000126365.').optional(),
};

/** What the portfolio has beside its connections. */
export const portfolioSettings = {
  /** When each CRO is asked about tomorrow, in its own time zone. UFTP: both lists may change from day to day. */
  queryAt: timeOfDay.default('07:00'),
  /** An AGRPortfolioUpdate of more bytes than this is sent, and made an alert: the other side may not take it. */
  warnMessageBytes: fields.wholeNumber('bytes', 1024, 256 * MEBIBYTE).default(12 * MEBIBYTE),
};
