import { type ContractBook, isAbout, mayCall, releaseDeadline, scheduledPower } from '../../config/index.ts';
import type { Store } from '../../store/index.ts';
import type { Knowledge, Message } from '../../uftp/index.ts';

/** Before every day that Flexor can have a contract for, and after all days that calendars count backwards to. */
const FIRST_DAY = '2000-01-01';

/** What the rules may ask about contracts. */
export function contractKnowledge(book: ContractBook): Knowledge['contracts'] {
  return {
    isKnown: async (contractId, dso) => (await book.history(contractId)).some((terms) => mayCall(terms, dso)),
    async reservation(contractId, congestionPoint, period) {
      if (period < FIRST_DAY) return undefined;
      const terms = await book.onDay(contractId, period);
      if (!terms || !isAbout(terms, congestionPoint)) return undefined;
      const deadline = releaseDeadline(terms, period);
      return { ISP: scheduledPower(terms, period), ...(deadline !== undefined && { deadline }) };
    },
  };
}

/**
 * What the rules may ask about congestion points, for one message. A point is of the DSO that trades there, or of the
 * contract's own DSO where another grid operator calls on the contract that the message names.
 */
export function pointKnowledge(
  message: () => Message,
  book: ContractBook,
  portfolio: Pick<Store['portfolio'], 'activeCongestionPoint'>,
): Knowledge['congestionPoints'] {
  return {
    async at(dso, congestionPoint, period) {
      const own = await portfolio.activeCongestionPoint(dso, congestionPoint, period);
      const found = own ?? (await ofContract(dso, congestionPoint, period));
      return found && { MutexOffersSupported: found.mutexOffersSupported };
    },
  };

  async function ofContract(dso: string, congestionPoint: string, period: string) {
    for (const contractId of contractsNamed(message())) {
      const terms = await book.onDay(contractId, period);
      if (!terms || !mayCall(terms, dso) || !isAbout(terms, congestionPoint)) continue;
      const found = await portfolio.activeCongestionPoint(terms.dso, congestionPoint, period);
      if (found) return found;
    }
    return undefined;
  }
}

function contractsNamed(message: Message): string[] {
  const named =
    message.type === 'FlexSettlement'
      ? message.FlexOrderSettlement
      : 'ContractID' in message
        ? [message]
        : [];
  return [...new Set(named.flatMap(({ ContractID }) => (ContractID === undefined ? [] : [ContractID])))];
}
