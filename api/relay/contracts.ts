import { type ContractBook, isAbout, mayCall, releaseDeadline, scheduledPower } from '../../config/index.ts';
import type { Knowledge } from '../../uftp/index.ts';

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
