import { createHash } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/activity';
import { Temporal } from 'temporal-polyfill';
import type { Dso } from '../config/index.ts';
import { EAN_DIGITS, type KnownDay, PROFILE_KINDS, type ReadingKind } from '../market/metering/profile.ts';
import type { MeteredDay, Store } from '../store/index.ts';
import { ispCount, periodEnd } from '../uftp/index.ts';
import type { Dependencies } from './dependencies.ts';

/** @throws ApplicationFailure, not to be repeated, where the configuration does not have the DSO (any more) */
export function dsoCalled({ config }: Pick<Dependencies, 'config'>, domain: string): Dso {
  const dso = config.participant(domain, 'DSO');
  if (dso) return dso;
  throw ApplicationFailure.nonRetryable(
    `There is no DSO ${domain} in the configuration.`,
    'activities.participant-missing',
  );
}

/** A day as the DSO is to be told of it. */
export function toldDay({ domain, market, metering }: Dso, period: string): MeteredDay {
  const kinds = metering.profiles.map((profile) => PROFILE_KINDS[profile]);
  const isps = ispCount(period, market.timeZone, market.ispDuration);
  return { dso: domain, period, kinds, isps, eanDigits: EAN_DIGITS[metering.eanNotation] };
}

/** A day as settlement needs it: power, and what the DSO is to be told. */
export function settledDay(dso: Dso, period: string): MeteredDay {
  const told = toldDay(dso, period);
  return {
    ...told,
    kinds: [...new Set<ReadingKind>(['power', ...(dso.metering.required ? told.kinds : [])])],
  };
}

/** When the readings of a day have to be there (UTC): so long after the end of the day as was agreed. */
export function readingsDeadline({ market, metering }: Dso, period: string): string {
  return later(periodEnd(period, market.timeZone), metering.deadline);
}

/** An instant so much later (UTC); durations of the configuration have hours, minutes and seconds only. */
export function later(instant: string, duration: string): string {
  return new Date(Date.parse(instant) + Temporal.Duration.from(duration).total('milliseconds')).toISOString();
}

/** What is known of a connection's day. */
export async function knownDay(store: Store, connection: string, period: string): Promise<KnownDay> {
  const known = {
    power: await store.meterReadings.powerOf(connection, period),
    importEnergy: new Map<number, string>(),
    exportEnergy: new Map<number, string>(),
    importRegister: new Map<number, string>(),
    exportRegister: new Map<number, string>(),
  };
  for (const { kind, isp, value } of await store.meterReadings.valuesOf(connection, period, period)) {
    known[kind].set(isp, value);
  }
  return known;
}

/** What tells one message's content from another's. */
export function contentDigest(content: { readonly EAN: string; readonly Profile: unknown }): string {
  const { EAN, Profile } = content;
  return createHash('sha256')
    .update(JSON.stringify([EAN, Profile]))
    .digest('hex');
}
