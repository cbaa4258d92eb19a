import { z } from 'zod';
import * as fields from '../fields.ts';
import { webhook } from './webhook.ts';

/** How the plan of an order reaches what controls the assets. `also`: what else stands beside the settings. */
const connectorWith = <Also extends z.ZodRawShape>(also: Also) => {
  const common = {
    ...also,
    /** How long before the first ordered ISP the plan is handed over. */
    leadTime: fields.duration.default('PT15M'),
  };
  return z.discriminatedUnion('kind', [
    z.strictObject({ ...common, kind: z.literal('log') }),
    z.strictObject({ ...common, kind: z.literal('webhook'), ...webhook }),
  ]);
};

const target = z
  .strictObject({
    dso: fields.domain.optional(),
    congestionPoint: fields.entityAddress.optional(),
  })
  .refine((value) => Object.values(value).some((each) => each !== undefined), {
    message: 'This says for nobody in particular.',
    params: { remedy: 'Name dso, congestionPoint or both; for all others there is dispatch.' },
  });

/** To whom the plans of orders go, unless one of `dispatches` is meant for them. */
export const dispatch = connectorWith({}).prefault({ kind: 'log' });
/** For some DSOs or congestion points: the first that fits is taken. */
export const dispatches = z.array(connectorWith({ for: target })).default([]);

export type DispatchSettings = z.output<typeof dispatch>;
export type WebhookDispatch = Extract<DispatchSettings, { kind: 'webhook' }>;
