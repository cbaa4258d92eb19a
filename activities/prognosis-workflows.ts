import type { PrognosisEvent } from '../market/prognosis/index.ts';
import type { PrognosisKey } from './prognosis-contract.ts';

/** The workflows that look after the prognoses of one congestion point on one day, for those who have news for them. */
export interface PrognosisWorkflows {
  /** Starts it, unless it runs or ran already. `startedAt`: the present instant of the market (UTC). */
  begin(key: PrognosisKey, startedAt: string): Promise<void>;
  /** Tells it; false where it is over. */
  tell(key: PrognosisKey, event: PrognosisEvent): Promise<boolean>;
}
