import type { Message } from '../messages/index.ts';
import { countOn, dsoOf, FLEX, isAtOrAfter } from './facts.ts';
import { raisedReservation } from './reserved.ts';
import { knowing } from './rule.ts';
import { TEXTS } from './texts.ts';

const UNDER_CONTRACT = [
  'FlexReservationUpdate',
  'FlexRequest',
  'FlexOffer',
  'FlexOrder',
  'FlexSettlement',
] as const;

const ON_THE_GRID = ['isp-duration-rejected', 'time-zone-rejected', 'isps-out-of-bounds'];

/** Congestion points, contracts, and what contracts reserve. */
export const CONTRACT_RULES = [
  knowing({
    name: 'congestion-point-invalid',
    messages: [...FLEX, 'FlexSettlement'],
    when: 'the congestion point is unknown, or the aggregator is not active on it on that day',
    text: { '3.x': TEXTS.congestionPointInvalid, next: 'Invalid CongestionPoint' },
    cites: 'UFTP, rejection reasons: "Invalid congestion point"',
    knows: ['congestionPoints'],
    breaks: async (message, { knowledge }) => {
      const items = message.type === 'FlexSettlement' ? message.FlexOrderSettlement : [message];
      const seen = new Set<string>();
      for (const { CongestionPoint, Period } of items) {
        const key = `${CongestionPoint} on ${Period}`;
        if (seen.has(key)) continue;
        seen.add(key);
        if (!(await knowledge.congestionPoints.at(dsoOf(message), CongestionPoint, Period))) return key;
      }
      return false;
    },
  }),
  knowing({
    name: 'contract-unknown',
    messages: UNDER_CONTRACT,
    when: 'a ContractID is unknown, or that DSO may not call on the contract',
    text: { '3.x': 'Unknown reference ContractID', next: 'Unknown ContractID reference' },
    cites: 'UFTP, rejection reasons: "Unknown reference"',
    knows: ['contracts'],
    breaks: async (message, { knowledge }) => {
      for (const id of new Set(contractsOf(message))) {
        if (id !== undefined && !(await knowledge.contracts.isKnown(id, dsoOf(message)))) return id;
      }
      return false;
    },
  }),
  knowing({
    name: 'reservation-deadline-passed',
    messages: ['FlexReservationUpdate'],
    when: "the contract's deadline for releases had passed at receipt",
    text: TEXTS.deadlineExpired,
    cites: 'UFTP FlexReservationUpdate, rejection reasons: "Deadline expired"',
    presumes: ['contract-unknown'],
    knows: ['contracts'],
    breaks: async ({ ContractID, CongestionPoint, Period }, { now, knowledge }) => {
      const reserved = await knowledge.contracts.reservation(ContractID, CongestionPoint, Period);
      return (
        reserved?.deadline !== undefined &&
        isAtOrAfter(now, reserved.deadline) &&
        `${reserved.deadline}, received ${now}`
      );
    },
  }),
  knowing({
    name: 'reservation-raised',
    messages: ['FlexReservationUpdate'],
    when: 'a power is larger than the contract reserves, or of the other sign',
    text: TEXTS.powerValue,
    cites: 'UFTP FlexReservationUpdate, rejection reasons: "Power value rejection"',
    presumes: ['contract-unknown', ...ON_THE_GRID],
    knows: ['contracts'],
    breaks: async (message, context) => {
      const { ContractID, CongestionPoint, Period, ISP } = message;
      const count = countOn(Period, message, context);
      if (count === undefined) return false;
      const reserved = await context.knowledge.contracts.reservation(ContractID, CongestionPoint, Period);
      return raisedReservation(reserved?.ISP ?? [], ISP, count);
    },
  }),
];

function contractsOf(message: Message<(typeof UNDER_CONTRACT)[number]>): (string | undefined)[] {
  if (message.type !== 'FlexSettlement') return [message.ContractID];
  return [...message.FlexOrderSettlement, ...message.ContractSettlement].map(({ ContractID }) => ContractID);
}
