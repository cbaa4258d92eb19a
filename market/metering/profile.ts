import Big from 'big.js';

/** UFTP Metering, "ProfileType". */
export type ProfileType =
  'Power' | 'ImportEnergy' | 'ExportEnergy' | 'ImportMeterReading' | 'ExportMeterReading';

/** What a profile is made of, and the name under which readings are counted. */
export const PROFILE_KINDS = {
  Power: 'power',
  ImportEnergy: 'importEnergy',
  ExportEnergy: 'exportEnergy',
  ImportMeterReading: 'importRegister',
  ExportMeterReading: 'exportRegister',
} as const satisfies Record<ProfileType, string>;

export type ReadingKind = (typeof PROFILE_KINDS)[ProfileType];

/** What is known of a connection's day: by kind and ISP number, W for power, kWh as decimal strings for all else. */
export type KnownDay = Readonly<Record<ReadingKind, ReadonlyMap<number, number | string>>>;

/** A profile as Metering messages carry it. */
export interface Profile {
  readonly ProfileType: ProfileType;
  readonly Unit: 'kW' | 'kWh';
  readonly ISP: readonly { readonly Start: number; readonly Value: string }[];
}

/**
 * The profiles of a day, of the types agreed and in their order. What is unknown is left out, never zero: UFTP
 * Metering has one ISP element for each ISP, and none for what nobody knows. Power is told from the whole watts
 * that settlement is computed with, so that both say the same.
 *
 * @param isps how many the day has
 * @returns the profiles that have any value, and how many values are missing over all of those agreed
 */
export function profilesOf(
  known: KnownDay,
  types: readonly ProfileType[],
  isps: number,
): { readonly profiles: Profile[]; readonly missing: number } {
  const all = types.map((ProfileType): Profile => {
    const values = known[PROFILE_KINDS[ProfileType]];
    const numbers = [...values.keys()].filter((isp) => isp >= 1 && isp <= isps).toSorted((a, b) => a - b);
    return {
      ProfileType,
      Unit: ProfileType === 'Power' ? 'kW' : 'kWh',
      ISP: numbers.map((isp) => ({ Start: isp, Value: valueText(ProfileType, values.get(isp)!) })),
    };
  });
  const told = all.reduce((sum, { ISP }) => sum + ISP.length, 0);
  return { profiles: all.filter(({ ISP }) => ISP.length > 0), missing: types.length * isps - told };
}

function valueText(type: ProfileType, value: number | string): string {
  const exact = new Big(value);
  return (type === 'Power' ? exact.div(1000) : exact).toFixed();
}

/** How a DSO writes EANs in Metering messages: E and 16 digits as in the official schemas, or E and all 18. */
export type EANNotation = 'E16' | 'E18';

export const EAN_DIGITS = { E16: 16, E18: 18 } as const satisfies Record<EANNotation, number>;

/**
 * A connection in metering notation: the one it was given, else its own EAN where that has as many digits as the
 * notation asks for. Undefined where neither fits: digits are never cut off, since two connections could become one.
 *
 * @param connection EntityAddress, e.g. `ean.871685900012636543`
 * @param given e.g. `E8716859000126365`
 */
export function meteringEAN(connection: string, notation: EANNotation, given?: string): string | undefined {
  const digits = EAN_DIGITS[notation];
  const own = /^ean\.(\d+)$/.exec(connection)?.[1];
  return [given?.slice(1), own].find((text) => text?.length === digits)?.replace(/^/, 'E');
}
