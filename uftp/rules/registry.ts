import type { Message } from '../messages/index.ts';
import { alone, knowing } from './rule.ts';

/** What a CRO judges. */
export const REGISTRY_RULES = [
  alone({
    name: 'represented-period-wrong',
    messages: ['AGRPortfolioUpdate', 'DSOPortfolioUpdate'],
    when: "an EndPeriod is before its StartPeriod, or a connection's days lie outside its congestion point's",
    text: 'Period out of bounds',
    cites:
      'UFTP, rejection reasons: "Period out of bounds"; "StartPeriod" and "EndPeriod": first and last day',
    breaks: (message) => {
      const found =
        message.type === 'AGRPortfolioUpdate' ? message.Connection.find(isReversed) : wrongOf(message);
      return (
        found !== undefined && `${found.EntityAddress}: ${found.StartPeriod} to ${found.EndPeriod ?? 'open'}`
      );
    },
  }),
  knowing({
    name: 'unauthorized',
    messages: ['AGRPortfolioUpdate', 'AGRPortfolioQuery', 'DSOPortfolioUpdate', 'DSOPortfolioQuery'],
    when: 'the CRO runs a closed register and the sender is not registered beforehand',
    text: 'Unauthorized',
    cites: 'UFTP AGRPortfolioUpdate and AGRPortfolioQuery, rejection reasons: "Unauthorized"',
    knows: ['registry'],
    breaks: async ({ SenderDomain }, { knowledge }) => !(await knowledge.registry.isAuthorized(SenderDomain)),
  }),
  knowing({
    name: 'no-connections-available',
    messages: ['AGRPortfolioQuery'],
    when: 'the aggregator has registered no connection for that day',
    text: 'No connections available',
    cites: 'UFTP AGRPortfolioQuery, rejection reasons: "No connections available"',
    knows: ['registry'],
    breaks: async ({ SenderDomain, Period }, { knowledge }) =>
      !(await knowledge.registry.hasConnections(SenderDomain, Period)),
  }),
];

type Represented = Message<'AGRPortfolioUpdate'>['Connection'][number];

/** An absent EndPeriod means until further notice. */
const lastDay = ({ EndPeriod }: Represented): string => EndPeriod ?? '9999-12-31';
const isReversed = (days: Represented): boolean => lastDay(days) < days.StartPeriod;

function wrongOf({ CongestionPoint }: Message<'DSOPortfolioUpdate'>): Represented | undefined {
  for (const point of CongestionPoint) {
    if (isReversed(point)) return point;
    const outside = (days: Represented): boolean =>
      isReversed(days) || days.StartPeriod < point.StartPeriod || lastDay(days) > lastDay(point);
    const found = point.Connection.find(outside);
    if (found) return found;
  }
  return undefined;
}
