import { z } from 'zod';
import { VERSIONS } from '../uftp/index.ts';
import { type Miscount, MISCOUNTS } from './miscount.ts';

/**
 * What a simulated participant can be told to do, in process or over its control door. Powers in W, + is
 * consumption; ISPs counted from 1; money as decimal strings; instants in UTC; periods as local days.
 */
const day = z.iso.date();
const watts = z.int();
const group = { start: z.int().min(1), duration: z.int().min(1).default(1) };
const version = { version: z.enum(VERSIONS).optional() };
const amount = z.string().regex(/^-?\d+(\.\d{1,4})?$/, 'a decimal string such as "5.00"');

export const requestFlex = z.strictObject({
  congestionPoint: z.string(),
  period: day,
  revision: z.int().default(1),
  /** ConversationID of an earlier request that this one revises; without it a new conversation begins. */
  conversation: z.guid().optional(),
  /** ExpirationDateTime. */
  expires: z.iso.datetime(),
  contract: z.string().optional(),
  serviceType: z.string().optional(),
  isps: z
    .array(
      z.strictObject({
        disposition: z.enum(['Available', 'Requested']),
        minPower: watts,
        maxPower: watts,
        ...group,
      }),
    )
    .min(1),
  ...version,
});

export const order = z.strictObject({
  /** MessageID of the FlexOffer. */
  offer: z.guid(),
  /** OptionReference; without it the first option is ordered. */
  option: z.string().optional(),
  factor: z
    .string()
    .regex(/^(0\.\d{1,2}|1(\.0{1,2})?)$/, 'a factor such as "0.50"')
    .optional(),
  orderReference: z.string().optional(),
  /** Another price than the offer's: an order that ought to be rejected. */
  price: amount.optional(),
  /** Other ISPs or powers than the offer's: an order that ought to be rejected. */
  isps: z
    .array(z.strictObject({ powerW: watts, ...group }))
    .min(1)
    .optional(),
});

/** UFTP 3.1.0: an order under a contract, without an offer. */
export const directOrder = z.strictObject({
  congestionPoint: z.string(),
  period: day,
  contract: z.string(),
  price: amount,
  orderReference: z.string().optional(),
  isps: z.array(z.strictObject({ powerW: watts, ...group })).min(1),
});

export const updateReservation = z.strictObject({
  congestionPoint: z.string(),
  period: day,
  contract: z.string(),
  reference: z.string(),
  isps: z.array(z.strictObject({ powerW: watts, ...group })).min(1),
  ...version,
});

export const settle = z.strictObject({
  congestionPoint: z.string(),
  /** The day of delivery. */
  period: day,
  /** First and last day the message says it settles; the day of delivery unless given. */
  periodStart: day.optional(),
  periodEnd: day.optional(),
  /** OrderReferences to settle; without them every accepted order of the day. */
  orders: z.array(z.string()).min(1).optional(),
  /** Baseline of the congestion point: W for ISP 1, 2, … */
  baseline: z.array(watts).min(1),
  /** Metered power of the connections on the congestion point. */
  readings: z
    .array(
      z.strictObject({
        connection: z.string(),
        isps: z.array(z.strictObject({ start: z.int().min(1), power: watts })),
      }),
    )
    .min(1),
  /** Added to every penalty: a settlement that ought to be disputed. */
  overcharge: amount.optional(),
  /** One way of many to count wrongly. */
  miscount: z.enum(Object.keys(MISCOUNTS) as Miscount[]).optional(),
  ...version,
});

export type RequestFlex = z.output<typeof requestFlex>;
export type Order = z.output<typeof order>;
export type DirectOrder = z.output<typeof directOrder>;
export type UpdateReservation = z.output<typeof updateReservation>;
export type Settle = z.output<typeof settle>;

/** The orders of the control door: path and body. Each answers with the message that was sent. */
export const ACTIONS = {
  'test-message': z.strictObject({ ...version }),
  'request-flex': requestFlex,
  order,
  'order-directly': directOrder,
  'update-reservation': updateReservation,
  settle,
} as const;

export type ActionName = keyof typeof ACTIONS;
export type ActionBody<A extends ActionName> = z.input<(typeof ACTIONS)[A]>;
/** The message that each action sends. */
export interface Sent {
  'test-message': 'TestMessage';
  'request-flex': 'FlexRequest';
  order: 'FlexOrder';
  'order-directly': 'FlexOrder';
  'update-reservation': 'FlexReservationUpdate';
  settle: 'FlexSettlement';
}
