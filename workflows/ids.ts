/**
 * The ids of all workflows come from here, and nowhere else. They derive from the protocol, so that the same
 * message always finds the same workflow.
 */
const key = (messageId: string): string => messageId.toLowerCase();

export const workflowIds = {
  flexRequest: (dso: string, messageId: string) => `flex-request/${dso}/${key(messageId)}`,
  /** Begun by an unsolicited offer, or by a direct order, under an id or the order's MessageID. */
  unsolicited: (dso: string, id: string) => `unsolicited/${dso}/${key(id)}`,
  reservation: (dso: string, contractId: string, period: string) =>
    `reservation/${dso}/${contractId}/${period}`,
  metering: (dso: string, period: string) => `metering/${dso}/${period}`,
  /** Looks for days of which a DSO is to be told. */
  meteringRound: (dso: string) => `metering-round/${dso}`,
  settlement: (dso: string, messageId: string) => `settlement/${dso}/${key(messageId)}`,
  dPrognosis: (dso: string, congestionPoint: string, period: string) =>
    `d-prognosis/${dso}/${congestionPoint}/${period}`,
  /** Has all prognoses of a day looked after, as often as somebody has a reason to. */
  prognosisRound: (reason: string) => `d-prognosis-round/${reason}`,
  portfolioSync: (cro: string) => `portfolio-sync/${cro}`,
  /** Asks for a synchronisation, every day. */
  portfolioDaily: (cro: string) => `portfolio-daily/${cro}`,
  /** Looks what an outage, or profiles of assets that were handed in, take from whom. */
  capacityCheck: (cause: string, version: number | string) => `capacity-check/${cause}/${version}`,
  capacityRound: () => 'capacity-check',
  /** Answers a message that belongs to no conversation. */
  reply: (sender: string, inboxId: string) => `reply/${sender}/${inboxId}`,
  /** Sends a stored answer again, because its message came again. */
  redelivery: (sender: string, inboxId: string, repeat: number) =>
    `redelivery/${sender}/${inboxId}/${repeat}`,
} as const;

/** Whose day of which DSO a workflow tells of, by its id; undefined where it tells of none. */
export function meteringDayOf(workflowId: string): { dso: string; period: string } | undefined {
  const [, dso, period] = /^metering\/([^/]+)\/(\d{4}-\d{2}-\d{2})$/.exec(workflowId) ?? [];
  return dso !== undefined && period !== undefined ? { dso, period } : undefined;
}

/** The names under which the workflows are registered. */
export const workflowTypes = {
  flexRequest: 'flexRequest',
  unsolicitedFlex: 'unsolicitedFlex',
  reservation: 'reservation',
  metering: 'metering',
  meteringRound: 'meteringRound',
  settlement: 'settlement',
  dPrognosis: 'dPrognosis',
  prognosisRound: 'prognosisRound',
  portfolioSync: 'portfolioSync',
  portfolioDaily: 'portfolioDaily',
  capacityCheck: 'capacityCheck',
  reply: 'reply',
  redelivery: 'redelivery',
} as const;

/** The update by which every received message enters a workflow; its updateId is the MessageID. */
export const RECEIVE = 'receive';

/** The update by which an operator's word enters a conversation. */
export const COMMAND = 'command';

/** The task queue of all workflows and activities. */
export const TASK_QUEUE = 'flexor';

/** The update by which an operator decides about a settlement that waits for it. */
export const REVIEW = 'review';
