import { z } from 'zod';
import { field, type FieldError } from '../operator/body.ts';
import { READING_KINDS } from './quantities.ts';
import { named } from './refusal.ts';
import type { Problem, Sheet } from './sheet.ts';

/** kWh or kW with all their decimals: text, or a number where it has few. */
const decimal = z.union([z.string(), z.number()], 'is not a decimal number');

const powerISP = z.strictObject({ start: field.isp, power: field.power });
const valueISP = z.strictObject({
  /** ISP number. Of a register, 0 is the moment at which the day begins. */
  start: z.int32('is not an ISP number').nonnegative('is not an ISP number'),
  value: decimal,
  resetTo: decimal.optional(),
  resetFrom: decimal.optional(),
  rollsOverAt: decimal.optional(),
});

const ofPower = z.strictObject({
  kind: z.undefined().optional(),
  connection: field.entityAddress,
  isps: z.array(powerISP).min(1, 'is empty'),
});
const ofKind = z.strictObject({
  connection: field.entityAddress,
  kind: z.enum(READING_KINDS),
  unit: z.string(),
  isps: z.array(valueISP).min(1, 'is empty'),
});

/** Readings of one day as JSON: average power in W (no `kind`), or values of a kind in a unit. */
export const jsonReadings = z.strictObject({
  period: field.day,
  timeZone: field.timeZone,
  ispDuration: z.string(),
  readings: z.array(z.discriminatedUnion('kind', [ofKind, ofPower])).min(1, 'is empty'),
});
export type JsonReadings = z.infer<typeof jsonReadings>;

/** Places are numbers: of the connection's entry and of the ISP within it. */
const PLACES = 1_000_000;

export function gatherJson({ period, timeZone, readings }: JsonReadings, sheet: Sheet): void {
  readings.forEach((reading, r) => {
    const { connection, isps } = reading;
    const shared = { connection, period, timeZone, time: '', end: '', occurrence: '' };
    isps.forEach((entry, i) => {
      const place = r * PLACES + i;
      if ('power' in entry) {
        const power = { kind: 'power', unit: 'W', value: String(entry.power), isp: String(entry.start) };
        sheet.add({ ...shared, ...power, ...NO_EVENT, place });
        return;
      }
      const { kind, unit } = reading as z.infer<typeof ofKind>;
      sheet.add({
        ...shared,
        place,
        kind,
        unit,
        isp: String(entry.start),
        value: String(entry.value),
        resetTo: String(entry.resetTo ?? ''),
        resetFrom: String(entry.resetFrom ?? ''),
        rollsOverAt: String(entry.rollsOverAt ?? ''),
      });
    });
  });
}

const NO_EVENT = { resetTo: '', resetFrom: '', rollsOverAt: '' };

/** What is wrong, under the paths of the body that was sent. */
export function jsonProblems({ readings }: JsonReadings, problems: readonly Problem[]): FieldError[] {
  const pathOf = (place: number) => `readings[${Math.floor(place / PLACES)}].isps[${place % PLACES}]`;
  return problems.map(({ place, field: cell, reason }) => {
    const entry = Math.floor(place / PLACES);
    const isPower = readings[entry]!.kind === undefined;
    const names: Record<string, string> = { isp: 'start', ...(isPower && { value: 'power' }) };
    const ofEntry = ['connection', 'kind', 'unit'].includes(cell);
    const path = ofEntry ? `readings[${entry}].${cell}` : `${pathOf(place)}.${names[cell] ?? cell}`;
    return { path, message: named(reason, pathOf) };
  });
}
