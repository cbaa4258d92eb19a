import type { Transaction } from './client.ts';

/** A file that was handed in. */
export interface ImportedFile {
  /** sha256 of what it says. */
  readonly digest: string;
  /** The name that its sender gave it. */
  readonly source: string;
  /** It is taken even if it was taken before. */
  readonly again?: boolean;
}

/** Whoever hands in the same file waits here for the other, until its transaction ends. */
export async function lockImport(tx: Transaction, digest: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`flexor.import/${digest}`}, 0))`;
}
