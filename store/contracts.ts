import { isDeepStrictEqual } from 'node:util';
import { inTransaction, type Db } from './client.ts';
import { json, plain } from './plain.ts';

/** What a contract says, from a day of delivery on. */
export interface ContractVersion {
  readonly contractId: string;
  /** Counts from 1. */
  readonly version: number;
  /** The first local day of delivery (YYYY-MM-DD) that it holds for. */
  readonly effectiveFrom: string;
  /** Plain JSON. */
  readonly terms: unknown;
  readonly source: 'configuration' | 'operator';
  /** ISO, UTC. */
  readonly recordedAt: string;
}

/** Terms to be kept. The first of a contract hold from the beginning: they say themselves when it starts. */
export type NewTerms = Omit<ContractVersion, 'version'>;

const THE_BEGINNING = '0001-01-01';

/**
 * Contracts with their history. For a day of delivery the last recorded version counts whose day has come by then:
 * a change replaces whatever was said before about the days from its own day on, and nothing about the days before.
 */
export function contractsOf(db: Db) {
  const versionsOf = async (contractId: string): Promise<ContractVersion[]> => {
    const rows = await db.contractVersion.findMany({ where: { contractId }, orderBy: { version: 'asc' } });
    return rows.map((row) => plain(row) as ContractVersion);
  };

  return {
    /**
     * Keeps terms as the next version, unless they are what stands already: doing it again does nothing. From the
     * configuration they are also left alone if they are what the configuration said last, so that a start of a
     * process does not undo what an operator changed meanwhile.
     */
    async put(next: NewTerms): Promise<{ readonly version: ContractVersion; readonly created: boolean }> {
      const { contractId } = next;
      const transaction = () =>
        db.$transaction(async (tx) => {
          await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`flexor.contract/${contractId}`}, 0))`;
          const rows = await tx.contractVersion.findMany({
            where: { contractId },
            orderBy: { version: 'asc' },
          });
          const versions = rows.map((row) => plain(row) as ContractVersion);
          const last = versions.at(-1);
          const lastConfigured = versions.findLast(({ source }) => source === 'configuration');
          const same = (other: ContractVersion | undefined): boolean =>
            other !== undefined && isDeepStrictEqual(other.terms, next.terms);
          const stands = same(last) && last!.effectiveFrom <= next.effectiveFrom;
          const told = next.source === 'configuration' && same(lastConfigured);
          if (last && (stands || told)) return { version: last, created: false };
          const effectiveFrom = last ? next.effectiveFrom : THE_BEGINNING;
          const version = { ...next, effectiveFrom, version: (last?.version ?? 0) + 1 };
          await tx.contractVersion.create({
            data: { ...version, terms: json(version.terms) },
            select: { version: true },
          });
          return { version, created: true };
        });
      return inTransaction(transaction);
    },

    /** All versions of a contract, oldest first; none for one that is not known. */
    versions: versionsOf,

    /** What counts for a day of delivery; undefined for a contract that is not known. */
    async onDay(contractId: string, day: string): Promise<ContractVersion | undefined> {
      const row = await db.contractVersion.findFirst({
        where: { contractId, effectiveFrom: { lte: day } },
        orderBy: { version: 'desc' },
      });
      return row ? (plain(row) as ContractVersion) : undefined;
    },

    /** What counts of every contract for a day of delivery, by ContractID. */
    async allOnDay(day: string): Promise<ContractVersion[]> {
      const rows = await db.contractVersion.findMany({
        where: { effectiveFrom: { lte: day } },
        orderBy: [{ contractId: 'asc' }, { version: 'desc' }],
        distinct: ['contractId'],
      });
      return rows.map((row) => plain(row) as ContractVersion);
    },
  };
}
