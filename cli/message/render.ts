import {
  isKnownTimeZone,
  ispMinutesIfAny,
  ispStart,
  periodEnd,
  periodStart,
  utcOffsetMinutes,
} from '../../uftp/calendar/index.ts';
import { type ElementDefinition, keyOf } from '../../uftp/definition/element.ts';
import { type Message, MESSAGES } from '../../uftp/messages/index.ts';
import { printable } from './outcome.ts';

/** How ISPs lie in time. */
export interface Grid {
  readonly TimeZone: string | undefined;
  readonly ISPDuration: string | undefined;
}

type Value = string | number | boolean;
type Element = Readonly<Record<string, Value | readonly Element[] | undefined>>;

/** A message as text: its attributes one a line, its groups as tables, its ISPs with their local times. */
export function renderMessage(message: Message, grid: Partial<Grid>): string {
  const { type, ...content } = message;
  return [type, ...renderElement(content as unknown as Element, grid, '  ', undefined)].join('\n');
}

function renderElement(
  element: Element,
  grid: Partial<Grid>,
  indent: string,
  outerPeriod: string | undefined,
): string[] {
  const period = typeof element['Period'] === 'string' ? element['Period'] : outerPeriod;
  const attributes = Object.entries(element)
    .filter((entry): entry is [string, Value] => isValue(entry[1]))
    .map(([name, value]) => [spelled(name), value] as const);
  const width = Math.max(0, ...attributes.map(([name]) => name.length));
  const lines = attributes.map(
    ([name, value]) => `${indent}${name.padEnd(width)}  ${printable(String(value))}`,
  );
  for (const [name, group] of Object.entries(element)) {
    if (!isGroup(group) || group.length === 0) continue;
    if (group.every(isFlat)) {
      const rows = name === 'ISP' ? group.map((isp) => ({ ...times(isp, grid, period), ...isp })) : group;
      lines.push('', `${indent}${spelled(name)}`, ...renderTable(rows, `${indent}  `));
      continue;
    }
    for (const [i, child] of group.entries()) {
      lines.push(
        '',
        `${indent}${spelled(name)} ${i + 1}`,
        ...renderElement(child, grid, `${indent}  `, period),
      );
    }
  }
  return lines;
}

/** Rows under their names; numbers stand to the right. */
function renderTable(rows: readonly Element[], indent: string): string[] {
  const names = [
    ...new Set(rows.flatMap((row) => Object.keys(row).filter((name) => row[name] !== undefined))),
  ];
  const columns = names.map((name) => {
    const cells = rows.map((row) => (isValue(row[name]) ? printable(String(row[name])) : ''));
    const width = Math.max(name.length, ...cells.map((cell) => cell.length));
    const right = rows.every((row) => row[name] === undefined || typeof row[name] === 'number');
    return [name, ...cells].map((cell) => (right ? cell.padStart(width) : cell.padEnd(width)));
  });
  return [-1, ...rows.keys()].map((row) =>
    `${indent}${columns.map((column) => column[row + 1]).join('  ')}`.trimEnd(),
  );
}

/** When a group of ISPs begins and ends on the clock; nothing where the message does not say enough. */
function times(isp: Element, { TimeZone, ISPDuration }: Partial<Grid>, period: string | undefined): Element {
  if (TimeZone === undefined || ISPDuration === undefined || period === undefined) return {};
  if (!isKnownTimeZone(TimeZone) || ispMinutesIfAny(ISPDuration) === undefined) return {};
  const { Start, Duration = 1 } = isp;
  if (typeof Start !== 'number' || typeof Duration !== 'number' || !within(Start, Duration)) return {};
  const at = (n: number) => clockTime(ispStart(period, TimeZone, ISPDuration, n), TimeZone, period);
  return { From: at(Start), To: at(Start + Duration) };
}

/** Numbers that no day has are judged elsewhere; here they only must not be turned into times. */
function within(start: number, duration: number): boolean {
  return Math.abs(start) <= 10_000 && Math.abs(duration) <= 10_000;
}

/** HH:MM, and the UTC offset behind it on days that have two. */
function clockTime(instant: string, timeZone: string, period: string): string {
  const offset = utcOffsetMinutes(instant, timeZone);
  const local = new Date(Date.parse(instant) + offset * 60_000).toISOString().slice(11, 16);
  const changes =
    utcOffsetMinutes(periodStart(period, timeZone), timeZone) !==
    utcOffsetMinutes(periodEnd(period, timeZone), timeZone);
  return changes ? `${local} ${offsetText(offset)}` : local;
}

function offsetText(minutes: number): string {
  const [hours, rest] = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
}

const isGroup = (value: Element[string]): value is readonly Element[] => Array.isArray(value);
const isValue = (value: Element[string]): value is Value => value !== undefined && !isGroup(value);
const isFlat = (element: Element): boolean => !Object.values(element).some(isGroup);

/** Names as the spec spells them: its hyphens vanish in code. */
const SPELLINGS = new Map(Object.values(MESSAGES).flatMap(hyphenated));
const spelled = (name: string): string => SPELLINGS.get(name) ?? name;

function hyphenated({ attributes, children }: ElementDefinition): [string, string][] {
  const names = [...Object.keys(attributes), ...Object.keys(children)].filter((name) => name.includes('-'));
  const below = Object.values(children).flatMap(({ element }) => hyphenated(element));
  return [...names.map((name): [string, string] => [keyOf(name), name]), ...below];
}
