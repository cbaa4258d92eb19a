import { z } from 'zod';
import { webhook } from './webhook.ts';

/** Who is told of alerts, besides those who look at the operator's door. */
export const alerts = z.strictObject({ webhook: z.strictObject(webhook).optional() }).prefault({});

export type AlertWebhook = NonNullable<z.output<typeof alerts>['webhook']>;
