import type { Transaction } from './client.ts';

/**
 * One lock for everything: an asset may lie behind several congestion points, and days of markets overlap. Whoever
 * gives power away and whoever says that it is broken take turns, so that nobody overlooks the other.
 */
export async function lockCapacity(tx: Transaction): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('flexor.capacity', 0))`;
}
