import { isVersion, type Version } from '../definition/version.ts';
import { definitionOf, type Message, type MessageType } from '../messages/index.ts';
import { RULES, type RuleName } from './table.ts';
import type { Knowledge, References } from './knowledge.ts';
import type { AloneRule, Rule, RuleContext, Verdict } from './rule.ts';

/** A rule that a message breaks. */
export interface Rejection<Name extends string = RuleName> {
  readonly rule: Name;
  /** What the RejectionReason says, in the wording of the message's version. */
  readonly text: string;
  /** What exactly breaks the rule, for logs and people. */
  readonly detail?: string;
}

/**
 * Every rule that the message breaks, in the order of the table: all of them, not only the first. A rule is left
 * out where one it presumes is broken, or where knowledge it needs is not given.
 *
 * @param rules which rules to judge; all of `RULES` unless said otherwise
 * @throws what the knowledge throws: a rule that cannot be judged neither accepts nor rejects
 */
export async function judge(
  message: Message,
  context: RuleContext,
  rules: readonly Rule<RuleName>[] = RULES,
): Promise<Rejection[]> {
  const asked = { ...context, knowledge: askedOnce(context.knowledge ?? {}) };
  const rejections: Rejection[] = [];
  for (const rule of rules) {
    if (!applies(rule, message, asked, rejections)) continue;
    add(rejections, rule, message, await rule.breaks(message, asked));
  }
  return rejections;
}

/** As `judge`, at once: the rules on the message alone. */
export function judgeAlone(message: Message, context: RuleContext): Rejection[] {
  return judgeBy(ALONE, message, context);
}

/** Judges by a list of rules that know nothing but the message. */
export function judgeBy<Name extends string>(
  rules: readonly AloneRule<Name>[],
  message: Message,
  context: RuleContext,
): Rejection<Name>[] {
  const rejections: Rejection<Name>[] = [];
  for (const rule of rules) {
    if (!applies(rule, message, context, rejections)) continue;
    add(rejections, rule, message, rule.breaks(message, context));
  }
  return rejections;
}

/**
 * The RejectionReason (UFTP, "RejectionReason": several reasons are separated by a semicolon).
 *
 * @param style `plain` gives the spec's texts alone; `detailed` adds in brackets what exactly is wrong
 */
export function rejectionReason(
  rejections: readonly Pick<Rejection<string>, 'text' | 'detail'>[],
  style: 'plain' | 'detailed' = 'plain',
): string {
  const reasons = rejections.map(({ text, detail }) =>
    style === 'plain' || detail === undefined ? text : `${text} (${detail.replaceAll(';', ',')})`,
  );
  return [...new Set(reasons)].join(';');
}

/** The rule's text in the wording of a version, for a type of message. */
export function textOf(rule: Rule, version: Version | 'next', type: MessageType): string {
  return rule.text[version].replace('{reference}', definitionOf(type).answers?.attribute ?? 'MessageID');
}

const ALONE = RULES.filter(
  (rule): rule is (typeof RULES)[number] & AloneRule<RuleName> => rule.knows.length === 0,
);

function applies(
  rule: Rule,
  message: Message,
  context: RuleContext,
  broken: readonly Rejection<string>[],
): boolean {
  return (
    rule.messages.includes(message.type) &&
    rule.knows.every((key) => context.knowledge?.[key] !== undefined) &&
    !broken.some(({ rule: name }) => rule.presumes.includes(name))
  );
}

function add<Name extends string>(
  rejections: Rejection<Name>[],
  rule: Rule<Name>,
  message: Message,
  verdict: Verdict,
): void {
  if (verdict === false) return;
  const version = isVersion(message.Version) ? message.Version : '3.1.0';
  const text = textOf(rule, version, message.type);
  rejections.push({ rule: rule.name, text, ...(typeof verdict === 'string' && { detail: verdict }) });
}

/** Several rules look at the same reference: they shall all see one state of it. */
function askedOnce(knowledge: Partial<Knowledge>): Partial<Knowledge> {
  const { references } = knowledge;
  if (!references) return knowledge;
  const asked = new Map<string, ReturnType<References['find']>>();
  const find: References['find'] = (messageId, counterparty) => {
    const found = asked.get(messageId) ?? references.find(messageId, counterparty);
    asked.set(messageId, found);
    return found;
  };
  return { ...knowledge, references: { find } };
}
