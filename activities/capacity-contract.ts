/** Activities around power that is lost. */
export interface CapacityActivities {
  /**
   * Tells the conversations that count on power which is not there: because of every outage and every profile of an
   * asset that nobody looked at yet. Told again, they do nothing.
   */
  checkCapacity(): Promise<{ readonly outages: number; readonly profiles: number; readonly lost: number }>;
}
