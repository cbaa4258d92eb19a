import pc from 'picocolors';
import { eachISP, powerByISP } from '../market/power.ts';
import { ispStart } from '../uftp/index.ts';
import type { ConversationReport } from './operator-client.ts';

/** The conversation's messages, one a line: time, direction, message, result and reason. */
export function timelineLines({ timeline, conversation }: ConversationReport): string[] {
  const { timeZone } = conversation;
  const width = Math.max(...timeline.map(({ type }) => type.length));
  return timeline.map(({ at, direction, type, peer, result, reason, status }) => {
    const arrow = direction === 'in' ? pc.cyan('◀ in ') : pc.magenta('▶ out');
    const verdict = result === undefined ? '' : result === 'Accepted' ? pc.green(result) : pc.red(result);
    const trouble = direction === 'out' && status !== 'delivered' ? pc.red(` ${status}`) : '';
    const why = reason ? `  ${reason}` : '';
    return `  ${localTime(at, timeZone)}  ${arrow}  ${type.padEnd(width)}  ${peer}  ${verdict}${trouble}${why}`;
  });
}

/** What was agreed and done per ISP, as a table; ISPs that nobody asked for are left out. */
export function ispLines({ conversation, settlementItems }: ConversationReport): string[] {
  const { request, offers, orders } = conversation.snapshot;
  if (!request) return [];
  const offered = powerByISP(offers.flatMap(({ content }) => content.OfferOption[0]?.ISP ?? []));
  const ordered = powerByISP(orders.flatMap(({ order }) => order.ISP));
  const settled = new Map(
    settlementItems.flatMap(({ computed }) =>
      computed?.kind === 'computed' ? computed.isps.map((isp) => [isp.isp, isp] as const) : [],
    ),
  );
  const rows = [...eachISP(request.ISP)]
    .filter(({ group }) => group.Disposition === 'Requested')
    .map(({ isp, group }) => {
      const own = settled.get(isp);
      return [
        String(isp),
        clock(ispStart(request.Period, request.TimeZone, request.ISPDuration, isp), request.TimeZone),
        `${group.MinPower} … ${group.MaxPower}`,
        watts(offered.get(isp)),
        watts(ordered.get(isp)),
        watts(own?.baseline),
        watts(own?.actual),
        watts(own?.delivered),
        own && own.deficiency > 0 ? watts(own.deficiency) : '',
      ];
    });
  const head = [
    'ISP',
    'from',
    'requested',
    'offered',
    'ordered',
    'baseline',
    'metered',
    'delivered',
    'lacking',
  ];
  return [...table(head, rows), '', ...moneyLines(settlementItems)];
}

function moneyLines(items: ConversationReport['settlementItems']): string[] {
  return items.flatMap(({ orderReference, computed, currency, disposition }) =>
    computed?.kind === 'computed'
      ? [
          `  Order ${orderReference}: price ${computed.price} − penalty ${computed.penalty} = ` +
            pc.bold(`${computed.netSettlement} ${currency}`) +
            `, ${disposition.toLowerCase()}`,
        ]
      : [],
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]!.length)),
  );
  const line = (cells: readonly string[]): string =>
    `  ${cells.map((cell, column) => cell.padStart(widths[column]!)).join('   ')}`;
  return [pc.dim(line(head) + '   (W)'), ...rows.map(line)];
}

const watts = (power: number | undefined): string => (power === undefined ? '' : String(power));

function clock(instant: string, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(
    new Date(instant),
  );
}

function localTime(instant: string, timeZone: string): string {
  const options = {
    timeZone,
    month: 'short',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  } as const;
  return new Intl.DateTimeFormat('en-GB', options).format(new Date(instant));
}
