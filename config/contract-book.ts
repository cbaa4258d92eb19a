import { type Clock, instant } from '../base/clock.ts';
import { periodOf } from '../uftp/calendar/index.ts';
import type { Config } from './load.ts';
import { completeTerms, type ContractTerms } from './sections/contracts.ts';

/** One version of a contract, as it is kept. */
export interface KeptVersion {
  readonly contractId: string;
  readonly version: number;
  readonly effectiveFrom: string;
  readonly terms: unknown;
  readonly source: 'configuration' | 'operator';
  readonly recordedAt: string;
}

/** Where contracts are kept with their history. */
export interface ContractShelf {
  put(
    next: Omit<KeptVersion, 'version'>,
  ): Promise<{ readonly version: KeptVersion; readonly created: boolean }>;
  versions(contractId: string): Promise<KeptVersion[]>;
  onDay(contractId: string, day: string): Promise<KeptVersion | undefined>;
  allOnDay(day: string): Promise<KeptVersion[]>;
}

/** The contracts of the configuration and those that the operator handed in, with their history. */
export interface ContractBook {
  /** Resolves when the contracts of the configuration are in the store. */
  opened(): Promise<void>;
  /** Terms that count for a day of delivery; undefined for a contract that is not known. */
  onDay(contractId: string, period: string): Promise<ContractTerms | undefined>;
  /** Terms that count of every contract for a day of delivery, by ContractID. */
  allOnDay(period: string): Promise<ContractTerms[]>;
  /** Everything that was ever agreed under a ContractID, oldest first. */
  history(contractId: string): Promise<ContractTerms[]>;
}

/**
 * Opens the book. The contracts of the configuration are brought into the store before anything is read from it, so
 * that a process that starts before its database judges nothing by what it cannot know yet.
 */
export function contractBook(config: Configured, shelf: ContractShelf, clock: Clock): ContractBook {
  const opened = books.get(config);
  if (opened?.shelf === shelf) return opened.book;
  const book = openBook(config, shelf, clock);
  books.set(config, { shelf, book });
  return book;
}

type Configured = Pick<Config, 'contracts' | 'participant'>;
/** One book for a process, or its configuration would be brought into the store for every question. */
const books = new WeakMap<Configured, { shelf: ContractShelf; book: ContractBook }>();

function openBook(config: Configured, shelf: ContractShelf, clock: Clock): ContractBook {
  let brought: Promise<void> | undefined;
  const open = (): Promise<void> =>
    (brought ??= bring().catch((failure: unknown) => {
      brought = undefined;
      throw failure;
    }));

  async function bring(): Promise<void> {
    const recordedAt = instant(clock);
    for (const contract of config.contracts) {
      const terms = completeTerms(contract, config.participant(contract.dso, 'DSO')!.market);
      await shelf.put({
        contractId: contract.id,
        effectiveFrom: periodOf(recordedAt, terms.timeZone),
        terms,
        source: 'configuration',
        recordedAt,
      });
    }
  }

  return {
    opened: open,
    async onDay(contractId, period) {
      await open();
      return (await shelf.onDay(contractId, period))?.terms as ContractTerms | undefined;
    },
    async allOnDay(period) {
      await open();
      return (await shelf.allOnDay(period)).map(({ terms }) => terms as ContractTerms);
    },
    async history(contractId) {
      await open();
      return (await shelf.versions(contractId)).map(({ terms }) => terms as ContractTerms);
    },
  };
}
