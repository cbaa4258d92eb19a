import { createHash } from 'node:crypto';
import type { Db } from './client.ts';
import { plain } from './plain.ts';

/** A link of the chain over all messages, in the order in which they were committed. */
export interface LedgerEntry {
  /** From 1, without gaps. */
  readonly seq: number;
  readonly direction: 'in' | 'out';
  /** The inbox or outbox row. */
  readonly rowId: string;
  /** sha256 of the HTTP body, hexadecimal. */
  readonly bodySha256: string;
  /** When it was received, or its TimeStamp (ISO, UTC, milliseconds). */
  readonly at: string;
  readonly hash: string;
}

/** What the first link follows. */
export const genesis = { seq: 0, hash: '0'.repeat(64) };

/** The hash of a link, given the one before it: over its fields, joined by `|`. */
export function linkHash(previousHash: string, entry: Omit<LedgerEntry, 'seq' | 'hash'>): string {
  const { direction, rowId, bodySha256, at } = entry;
  return createHash('sha256')
    .update([previousHash, direction, rowId, bodySha256, at].join('|'))
    .digest('hex');
}

/**
 * Recomputes a chain, or the part of it after `from`. Needs nothing but the entries, so anyone can do it.
 *
 * @returns the `seq` of the first entry that is not what was written, or undefined if all are.
 */
export function verifyChain(entries: Iterable<LedgerEntry>, from = genesis): number | undefined {
  let last: { seq: number; hash: string } = from;
  for (const entry of entries) {
    if (entry.seq !== last.seq + 1 || entry.hash !== linkHash(last.hash, entry)) return last.seq + 1;
    last = entry;
  }
  return undefined;
}

export function ledgerOf(db: Db) {
  return {
    /** The entries after `seq` (0: from the first), in order, at most `limit`. */
    async after(seq: number, limit: number): Promise<LedgerEntry[]> {
      const rows = await db.ledger.findMany({
        where: { seq: { gt: seq } },
        orderBy: { seq: 'asc' },
        take: limit,
      });
      return rows.map((row) => plain(row) as LedgerEntry);
    },
  };
}
