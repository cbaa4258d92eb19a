import type { Dso } from '../../config/index.ts';
import type { Baseline, Frame } from '../../market/flex-request/index.ts';
import type { Dependencies } from '../dependencies.ts';

/**
 * UFTP FlexOffer: the D-Prognosis where that is the agreed baseline, else the reference that was agreed on.
 * @returns undefined where no D-Prognosis is in force yet
 */
export async function agreedBaseline(
  { store }: Pick<Dependencies, 'store'>,
  { domain, baseline }: Pick<Dso, 'domain' | 'baseline'>,
  { CongestionPoint, Period }: Pick<Frame, 'CongestionPoint' | 'Period'>,
): Promise<Baseline | undefined> {
  if (baseline.kind === 'reference') return { BaselineReference: baseline.reference };
  const inForce = await store.prognoses.inForce(domain, CongestionPoint, Period);
  return inForce && { DPrognosisMessageID: inForce.messageId };
}
