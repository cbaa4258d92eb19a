import type { Config, ForecastSource } from '../../config/index.ts';
import { ispCount } from '../../uftp/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { type Baseline, type BaselineAnswer, known, sumOf, unknown } from './baseline.ts';
import { meterHistoryBaseline } from './meter-history.ts';
import { uploadedBaseline } from './uploaded.ts';
import { webhookBaseline } from './webhook.ts';

/** A congestion point on a day. */
export interface PointOfDay {
  readonly dso: string;
  readonly congestionPoint: string;
  readonly period: string;
}

/** What is expected of all we serve on a congestion point on a day, each connection by the source that is chosen for it. */
export async function expectPower(
  deps: Pick<Dependencies, 'config' | 'store' | 'log'>,
  { dso: domain, congestionPoint, period }: PointOfDay,
): Promise<BaselineAnswer> {
  const { config, store } = deps;
  const dso = config.participant(domain, 'DSO');
  if (!dso) return unknown(`${domain} is no longer in the configuration`);
  const point = await store.portfolio.activeCongestionPoint(domain, congestionPoint, period);
  if (!point || point.connections.length === 0)
    return unknown('no CRO has told of a connection of ours there');
  const { timeZone, ispDuration } = dso.market;
  const day = { period, timeZone, ispDuration, ispCount: ispCount(period, timeZone, ispDuration) };
  const bySource = new Map<ForecastSource, string[]>();
  for (const connection of point.connections) {
    const source = sourceFor(config, { dso: domain, congestionPoint, connection });
    const group = bySource.get(source);
    if (group) group.push(connection);
    else bySource.set(source, [connection]);
  }
  const powers: (readonly number[])[] = [];
  for (const [source, connections] of bySource) {
    const whole = connections.length === point.connections.length;
    const question = { dso: domain, congestionPoint, ...day, connections, whole };
    const answer = await baselineFrom(deps, source).expect(question);
    if (answer.kind === 'unknown') return answer;
    powers.push(answer.power);
  }
  return known(sumOf(powers, day.ispCount));
}

/** The first source that is meant for a connection there, or else the one for all. */
export function sourceFor(
  { forecast, forecasts }: Pick<Config, 'forecast' | 'forecasts'>,
  place: { readonly dso: string; readonly congestionPoint: string; readonly connection: string },
): ForecastSource {
  const fits = ({ for: target }: Config['forecasts'][number]): boolean =>
    (target.dso ?? place.dso) === place.dso &&
    (target.congestionPoint ?? place.congestionPoint) === place.congestionPoint &&
    (target.connection ?? place.connection) === place.connection;
  return forecasts.find(fits) ?? forecast;
}

function baselineFrom(
  deps: Pick<Dependencies, 'config' | 'store' | 'log'>,
  source: ForecastSource,
): Baseline {
  switch (source.kind) {
    case 'uploaded':
      return uploadedBaseline(deps.store);
    case 'meter-history':
      return meterHistoryBaseline(deps.store, source);
    case 'webhook':
      return webhookBaseline(deps, source);
  }
}
