import type { Log } from './dependencies.ts';
import type { PrognosisActivities } from './prognosis-contract.ts';

/** Where D-Prognoses begin and end with the congestion points that a CRO shows. Both are harmless twice. */
export interface PrognosisPort {
  /**
   * A congestion point has appeared, or other connections of ours are on it: UFTP asks for its D-Prognosis, or for a
   * new revision, where that is the agreed baseline.
   */
  start(point: { dso: string; congestionPoint: string; period: string }): Promise<void>;
  /** None of our connections is on it any more. */
  stop(point: { dso: string; congestionPoint: string; period: string }): Promise<void>;
}

/** Says what begins and ends. */
export function toldPrognoses(log: Log): PrognosisPort {
  return {
    async start(point) {
      log.info(point, 'connections of ours are on a congestion point');
    },
    async stop(point) {
      log.warn(point, 'a congestion point vanished');
    },
  };
}

/** Has the prognoses of a congestion point begin and end with it. */
export function followedByPrognoses(
  { startPrognoses, stopPrognoses }: Pick<PrognosisActivities, 'startPrognoses' | 'stopPrognoses'>,
  told: PrognosisPort,
): PrognosisPort {
  return {
    async start(point) {
      await told.start(point);
      await startPrognoses(point);
    },
    async stop(point) {
      await told.stop(point);
      await stopPrognoses({ ...point, reason: 'none of our connections is on it any more' });
    },
  };
}
