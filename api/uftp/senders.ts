import type { PublicKey, RelaxationName, Role } from '../../uftp/index.ts';

/** What the endpoint must know about a sender before it can read its message. */
export interface Sender {
  /** Every key that is active: two while the sender rotates. */
  readonly keys: readonly PublicKey[];
  /** Explicitly shut out by the operator. */
  readonly barred: boolean;
  /** What is tolerated in its messages beyond the official schema. */
  readonly relaxations: ReadonlySet<RelaxationName>;
}

/** Finds a sender by what the SignedMessage says: domain and role. */
export interface Senders {
  /** @throws anything where the sender cannot be looked up or is unknown: both mean "key not resolvable". */
  find(domain: string, role: Role): Promise<Sender | undefined>;
}
