import { Counter, Gauge, Registry } from 'prom-client';

/** What the API process counts; one registry per process, served at `/metrics`. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  return {
    registry,
    /** Messages answered with 200; `outcome` is new, repeated or conflicting. */
    accepted: new Counter({
      name: 'flexor_uftp_accepted_total',
      help: 'UFTP messages stored and acknowledged.',
      labelNames: ['type', 'outcome'],
      registers,
    }),
    refused: new Counter({
      name: 'flexor_uftp_refused_total',
      help: 'UFTP posts answered with an HTTP error.',
      labelNames: ['status', 'code'],
      registers,
    }),
    handedOver: new Counter({
      name: 'flexor_relay_handed_over_total',
      help: 'Stored messages handed to a workflow, answered outside one, or set aside.',
      labelNames: ['type', 'to'],
      registers,
    }),
    handOverFailed: new Counter({
      name: 'flexor_relay_failed_total',
      help: 'Tries to hand over a stored message that failed and will be repeated.',
      labelNames: ['type'],
      registers,
    }),
    redelivered: new Counter({
      name: 'flexor_relay_redelivered_total',
      help: 'Stored answers sent again because their message came again.',
      registers,
    }),
    temporalReachable: new Gauge({
      name: 'flexor_relay_temporal_reachable',
      help: '1 while Temporal answers, 0 while stored messages wait for it.',
      registers,
    }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
