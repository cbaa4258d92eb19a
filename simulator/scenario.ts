import { addDays, ispCount, periodOf } from '../uftp/index.ts';
import type { SimulatorConfigFile } from './config.ts';
import type { ActionBody } from './control-api.ts';
import type { CongestionPoint, Contract, Market } from './market.ts';
import type { Baseline } from './meter.ts';

/** The participants of the standard story. */
export const AGR_DOMAIN = 'agr.example.com';
export const DSO_DOMAIN = 'dso.example.com';
export const CRO_DOMAIN = 'cro.example.com';

export const market: Market = { timeZone: 'Europe/Amsterdam', ispDuration: 'PT15M', currency: 'EUR' };

const EVENING_PEAK = { start: 69, duration: 8 };
const isPeak = (isp: number): boolean =>
  isp >= EVENING_PEAK.start && isp < EVENING_PEAK.start + EVENING_PEAK.duration;

/** What the aggregator represents: two connections, and what can be switched behind them. */
export const connections = [
  {
    id: 'ean.871685900012636543',
    asset: { name: 'cold store', canReduceW: 300_000, pricePerMWh: '120.00' },
    usual: { offPeakW: 600_000, peakW: 900_000 },
  },
  {
    id: 'ean.871685900012636550',
    asset: { name: 'charging hub', canReduceW: 350_000, pricePerMWh: '150.00' },
    usual: { offPeakW: 400_000, peakW: 600_000 },
  },
] as const;

export const congestionPoint: CongestionPoint = {
  entityAddress: 'ea1.2009-01.com.example:feeder-7',
  dso: DSO_DOMAIN,
  mutexOffersSupported: true,
  dayAheadRedispatchBy: 'DSO',
  intradayRedispatchBy: 'DSO',
  connections: connections.map(({ id }) => id),
};

export const contract: Contract = {
  id: 'C-1',
  penaltyPerMWh: '250.00',
  reserved: [{ ...EVENING_PEAK, powerW: -400_000 }],
};

/** The BaselineReference that DSO and aggregator agreed on. */
export const BASELINE_REFERENCE = 'BL-2026';

/** The standard story as told at an instant: the day that is traded, and what everybody sends about it. */
export interface Story {
  /** Tomorrow, in the market's time zone. */
  readonly period: string;
  /** 96, save on days when clocks change. */
  readonly ispCount: number;
  readonly request: ActionBody<'request-flex'>;
  readonly reservationUpdate: ActionBody<'update-reservation'>;
  /** What each connection would take without any order. */
  readonly baselines: readonly { readonly connection: string; readonly power: number[] }[];
  /** The same for the congestion point: what a forecasting system hands to the aggregator. */
  readonly baseline: Baseline;
}

const HOUR = 3_600_000;

/**
 * The standard story: asked today for tomorrow. From ISP 69 to 76 the DSO wants 400 kW less, at most 600 kW less;
 * load may be shifted to the rest of the day by up to 200 kW. Later it keeps 400 kW reserved for the first hour and
 * lets go of 100 kW for the second.
 */
export function standardStory(now: string): Story {
  const period = addDays(periodOf(now, market.timeZone), 1);
  const count = ispCount(period, market.timeZone, market.ispDuration);
  const available = { disposition: 'Available', minPower: -200_000, maxPower: 200_000 } as const;
  const after = EVENING_PEAK.start + EVENING_PEAK.duration;
  const baselines = connections.map(({ id, usual }) => ({
    connection: id,
    power: Array.from({ length: count }, (_, index) => (isPeak(index + 1) ? usual.peakW : usual.offPeakW)),
  }));
  const day = { congestionPoint: congestionPoint.entityAddress, period };
  return {
    period,
    ispCount: count,
    request: {
      ...day,
      expires: new Date(Date.parse(now) + 4 * HOUR).toISOString(),
      contract: contract.id,
      isps: [
        { ...available, start: 1, duration: EVENING_PEAK.start - 1 },
        { disposition: 'Requested', minPower: -600_000, maxPower: -400_000, ...EVENING_PEAK },
        { ...available, start: after, duration: count - after + 1 },
      ],
    },
    reservationUpdate: {
      ...day,
      contract: contract.id,
      reference: 'RESERVATION-1',
      isps: [
        { powerW: -400_000, start: 69, duration: 4 },
        { powerW: -300_000, start: 73, duration: 4 },
      ],
    },
    baselines,
    baseline: {
      ...day,
      reference: BASELINE_REFERENCE,
      power: Array.from({ length: count }, (_, index) =>
        baselines.reduce((sum, { power }) => sum + power[index]!, 0),
      ),
    },
  };
}

/**
 * The configuration of one of the story's simulators.
 * @param own what only this rehearsal knows: keys, addresses, the shared clock
 */
export function simulatorConfig(
  role: 'DSO' | 'CRO',
  own: Pick<SimulatorConfigFile, 'signingKey' | 'clockFile' | 'port' | 'controlPort' | 'version'> & {
    readonly aggregator: Omit<SimulatorConfigFile['aggregator'], 'domain'>;
  },
): SimulatorConfigFile {
  const common = {
    ...own,
    aggregator: { domain: AGR_DOMAIN, ...own.aggregator },
    congestionPoints: [{ ...congestionPoint, connections: [...congestionPoint.connections] }],
  };
  return role === 'CRO'
    ? { role, domain: CRO_DOMAIN, ...common }
    : {
        role,
        domain: DSO_DOMAIN,
        ...common,
        market: { ...market },
        contracts: [{ ...contract, reserved: [...contract.reserved] }],
      };
}
