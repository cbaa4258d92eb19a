import { z } from 'zod';
import * as fields from '../fields.ts';

/** What a connection's day may be told as (UFTP Metering, "ProfileType"). */
export const PROFILE_TYPES = [
  'Power',
  'ImportEnergy',
  'ExportEnergy',
  'ImportMeterReading',
  'ExportMeterReading',
] as const;

/** What a DSO wants to be told of meter readings. UFTP Metering is optional: the DSO decides. */
export const metering = z
  .strictObject({
    /** Whether Metering messages are sent at all. */
    required: fields.flag.default(false),
    profiles: z.array(fields.choice(PROFILE_TYPES)).min(1).default(['Power']),
    /** E and 16 digits, as the schemas have it, or E and 18 digits, as EANs of connections have. */
    eanNotation: fields.choice(['E16', 'E18']).default('E18'),
    /** After the end of a day: missing readings are an alert then, and what is known is sent. */
    deadline: fields.duration.default('PT72H'),
    /** After the end of a month: what is missing then is missing in its settlement, and a critical alert. */
    monthDeadline: fields.duration.default('PT120H'),
  })
  .prefault({});

export type MeteringSettings = z.output<typeof metering>;
