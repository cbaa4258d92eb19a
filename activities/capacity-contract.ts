/** Activities around power that is lost. */
export interface CapacityActivities {
  /**
   * Tells the conversations that count on power which an outage took: of every outage that nobody looked at yet.
   * Told again, they do nothing.
   */
  checkCapacity(): Promise<{ readonly outages: number; readonly lost: number }>;
}
