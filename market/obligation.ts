import { eachISP, type PowerISP, powerByISP, type RequestedBand } from './power.ts';

/**
 * Power in W by ISP that must be offered under a contract: as much as is both reserved and requested, where
 * their directions agree. The requested amount is the band's bound nearest zero (UFTP, bilateral contracts).
 */
export function obligatedPower(
  reserved: readonly PowerISP[],
  bands: readonly RequestedBand[],
): Map<number, number> {
  const reservedBy = powerByISP(reserved);
  const obligated = new Map<number, number>();
  for (const { isp, group } of eachISP(bands)) {
    if (group.Disposition !== 'Requested') continue;
    const requested = group.MaxPower <= 0 ? group.MaxPower : Math.max(group.MinPower, 0);
    const held = reservedBy.get(isp) ?? 0;
    if (requested === 0 || Math.sign(requested) !== Math.sign(held)) continue;
    obligated.set(isp, Math.sign(held) * Math.min(Math.abs(held), Math.abs(requested)));
  }
  return obligated;
}
