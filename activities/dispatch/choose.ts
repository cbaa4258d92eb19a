import { Temporal } from 'temporal-polyfill';
import type { Config, DispatchSettings } from '../../config/index.ts';
import type { OrderFacts } from '../../market/flex-request/index.ts';
import { firstISP } from '../../market/power.ts';
import { ispStart } from '../../uftp/index.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Dispatch } from './dispatch.ts';
import { logDispatch } from './log.ts';
import { webhookDispatch } from './webhook.ts';

type Ordered = Pick<OrderFacts, 'CongestionPoint' | 'Period' | 'TimeZone' | 'ISPDuration' | 'ISP'>;

/** The settings for orders at a congestion point: the first that are meant for it, or else those for all. */
export function dispatchSettings(
  { dispatches, dispatch }: Pick<Config, 'dispatches' | 'dispatch'>,
  dso: string,
  congestionPoint: string,
): DispatchSettings {
  const meant = dispatches.find(
    ({ for: target }) =>
      (target.dso ?? dso) === dso && (target.congestionPoint ?? congestionPoint) === congestionPoint,
  );
  return meant ?? dispatch;
}

/** When (UTC) the plan of an order is to be handed over: the lead time before its first ISP begins. */
export function dispatchAt(
  config: Pick<Config, 'dispatches' | 'dispatch'>,
  dso: string,
  { CongestionPoint, Period, TimeZone, ISPDuration, ISP }: Ordered,
): string {
  const { leadTime } = dispatchSettings(config, dso, CongestionPoint);
  const lead = Temporal.Duration.from(leadTime).total('milliseconds');
  const begins = ispStart(Period, TimeZone, ISPDuration, firstISP(ISP));
  return new Date(Date.parse(begins) - lead).toISOString();
}

/** The connector that the settings name. */
export function dispatchBy({ config, log }: Dependencies, settings: DispatchSettings): Dispatch {
  return settings.kind === 'webhook'
    ? webhookDispatch(settings, config.secret(settings.secret))
    : logDispatch(log);
}
