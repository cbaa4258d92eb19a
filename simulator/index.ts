/** A DSO, a CRO and a market to rehearse with. Only rehearsals import this room. */
export { type SimulatorConfig, type SimulatorConfigFile, loadSimulatorConfig } from './config.ts';
export type { ActionBody } from './control-api.ts';
export { ControlClient, type Wait } from './control-client.ts';
export { CRO } from './cro.ts';
export { DSO, type DSOOptions } from './dso.ts';
export { SimulatorError, type SimulatorErrorCode } from './errors.ts';
export type { FaultPlan } from './faults.ts';
export type { CongestionPoint, Contract, Market, Readings } from './market.ts';
export { createMarketClock, MarketClock, moveMarketClock, readMarketClock } from './market-clock.ts';
export {
  type Baseline,
  type MeterReadings,
  meterDay,
  type OperatorDoor,
  putBaseline,
  putMeterReadings,
} from './meter.ts';
export { type Content, Peer, type PeerOptions, type Partner } from './peer.ts';
export type { MessageEntry, PostEntry } from './record.ts';
export * as scenario from './scenario.ts';
export { type RunningSimulator, runSimulator, startSimulator } from './server.ts';
