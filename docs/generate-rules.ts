import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { MESSAGES } from '../uftp/messages/index.ts';
import { ANSWERING_RULES, EMISSION_RULES, FAMILIES, type Rule } from '../uftp/rules/index.ts';

const INTRODUCTION = `# UFTP: the rules

Generated from \`uftp/rules/\`; change the rules, then run \`node --import tsx docs/generate-rules.ts\`.

A message that follows the schema is judged by these rules. Everything that is broken is reported together: the
RejectionReason joins the texts with a semicolon. Rules without an entry under *asks* need only the message, the
instant of receipt and the market's constants (ISP-Duration, TimeZone). The others ask through the interfaces of
\`uftp/rules/knowledge.ts\`, and are left out where what they ask is not given. A rule is also left out where one
that it *presumes* is broken: ISPs cannot be out of bounds of a day whose time zone is unknown.

Texts are the same in 3.0.0 and 3.1.0. Where the next major version words a text differently, both stand here; what
peers answer is recognised in either wording, without regard to case, spacing and punctuation. \`{reference}\` stands
for the attribute that names the answered message, such as FlexOfferMessageID.
`;

const SENDING = `## What is sent

Own messages are held to more than is asked of others (\`checkOutgoing\`): to every rule above that needs only the
message, and to these. Their texts go to the sender's own log, never over the wire.
`;

/** Where the committed reference lies. */
export const RULES_PAGE = new URL('./uftp-rules.md', import.meta.url);

/** The reference of all rules, as Markdown: what `docs/uftp-rules.md` must hold. */
export function renderRules(): string {
  const families = Object.entries(FAMILIES).map(
    ([title, rules]) => `## ${title}\n\n${rules.map(renderRule).join('\n')}`,
  );
  const sending = SENDING + '\n' + [...EMISSION_RULES, ...ANSWERING_RULES].map(renderRule).join('\n');
  return [INTRODUCTION, ...families, sending].join('\n');
}

function renderRule(rule: Rule): string {
  const today = rule.text['3.1.0'];
  const lines = [
    `Rejected when ${rule.when}.`,
    '',
    `- text: \`${today}\`${rule.text.next === today ? '' : ` (next major: \`${rule.text.next}\`)`}`,
    `- messages: ${rule.messages.length === Object.keys(MESSAGES).length ? 'all' : rule.messages.join(', ')}`,
    ...(rule.knows.length > 0 ? [`- asks: ${rule.knows.join(', ')}`] : []),
    ...(rule.presumes.length > 0 ? [`- presumes: ${rule.presumes.join(', ')}`] : []),
    `- source: ${rule.cites}`,
  ];
  return `### ${rule.name}\n\n${lines.join('\n')}\n`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(RULES_PAGE, renderRules());
