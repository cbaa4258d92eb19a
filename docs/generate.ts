import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { RELAXATIONS, SIGNED_MESSAGE } from '../uftp/codec/index.ts';
import { type AnyAttribute, type ElementDefinition } from '../uftp/definition/element.ts';
import { scalar, type Scalar } from '../uftp/definition/scalar.ts';
import { VERSIONS } from '../uftp/definition/version.ts';
import { definitionOf, MESSAGES, type MessageType } from '../uftp/messages/index.ts';
import { sampleOf } from '../uftp/samples/index.ts';

const INTRODUCTION = `# UFTP: the messages

Generated from \`uftp/messages/\`; change the definitions, then run \`node --import tsx docs/generate.ts\`.

Every message of the protocol, in versions ${VERSIONS.join(' and ')}. All data are attributes; only groups that repeat are
elements, in the order given here. There are no namespaces and no text. In code and JSON a name is the spec's without
its hyphens (\`ISP-Duration\` is \`ISPDuration\`), a group is a list, an attribute with a default is always there once a
message was read, and \`type\` holds the name of the element.

Types and their bounds are [at the end](#types), and so are the [relaxations](#relaxations): deviations from the
official schema that are tolerated in what is received, and sent only where a participant's profile asks for it.
`;

/** Where the committed reference lies. */
export const MESSAGES_PAGE = new URL('./uftp-messages.md', import.meta.url);

const TYPES = Object.keys(MESSAGES) as MessageType[];
const COMMON = ['Version', 'SenderDomain', 'RecipientDomain', 'TimeStamp', 'MessageID', 'ConversationID'];

/** The reference of all messages, as Markdown: what `docs/uftp-messages.md` must hold. */
export function renderMessages(): string {
  return [
    INTRODUCTION,
    TYPES.map((type) => `- [${type}](#${type.toLowerCase()}): ${definitionOf(type).doc}`).join('\n') + '\n',
    renderCommon(),
    ...TYPES.map(renderMessage),
    renderTypes(),
    renderRelaxations(),
  ].join('\n');
}

function renderCommon(): string {
  const { attributes } = definitionOf('TestMessage');
  const wrapper = `## SignedMessage\n\nThe wrapper around every message on the wire.\n\n`;
  const common = `## On every message\n\n`;
  return `${wrapper}${attributeTable(SIGNED_MESSAGE.attributes)}\n${common}${attributeTable(attributes)}`;
}

function renderMessage(type: MessageType): string {
  const { doc, route, answeredBy, answers, ...element } = definitionOf(type);
  const party = (role: string): string => (role === 'any' ? 'any role' : role);
  const facts = [
    `- from ${party(route.from)} to ${party(route.to)}`,
    ...(answeredBy === undefined ? [] : [`- answered by ${link(answeredBy)}`]),
    ...(answers ? [`- answers ${link(answers.message)}, named by \`${answers.attribute}\``] : []),
  ];
  const { type: _, ...content } = sampleOf(type);
  const own = Object.fromEntries(Object.entries(content).filter(([key]) => !COMMON.includes(key)));
  return [
    `## ${type}`,
    doc,
    facts.join('\n'),
    ...renderElement(element, ''),
    '```json',
    JSON.stringify({ type, '…': 'the attributes of every message', ...own }, undefined, 2),
    '```',
  ]
    .join('\n\n')
    .replace('```json\n\n', '```json\n')
    .replace(/\n\n```$/, '\n```\n');
}

function renderElement({ attributes, children }: ElementDefinition, path: string): string[] {
  const own = Object.entries(attributes).filter(([name]) => path !== '' || !COMMON.includes(name));
  return [
    ...(own.length > 0 ? [attributeTable(Object.fromEntries(own)).trim()] : []),
    ...Object.entries(children).flatMap(([name, { element, least, most, relaxed }]) => {
      const times = `${least}..${Number.isFinite(most) ? most : 'n'}`;
      const tolerated = relaxed === undefined ? '' : `; none under ${relaxation(relaxed)}`;
      return [`**\`${path}${name}\`**, ${times}${tolerated}`, ...renderElement(element, `${path}${name}/`)];
    }),
  ];
}

function attributeTable(attributes: ElementDefinition['attributes']): string {
  const rows = Object.entries(attributes).map(([name, attribute]) => {
    const cells = [
      `\`${name}\``,
      attribute.scalar.xsd,
      presence(attribute),
      attribute.fallback ?? '',
      meaning(attribute),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return ['| attribute | type | presence | default | meaning |', '|---|---|---|---|---|', ...rows, ''].join(
    '\n',
  );
}

function presence(attribute: AnyAttribute): string {
  const { presence: given } = attribute;
  const [first] = VERSIONS;
  const same = VERSIONS.every((version) => given[version] === given[first]);
  return same ? given[first] : VERSIONS.map((version) => `${version}: ${given[version]}`).join(', ');
}

function meaning({ doc, relaxed, widened }: AnyAttribute): string {
  return [
    doc,
    ...(relaxed === undefined ? [] : [`Otherwise under ${relaxation(relaxed)}.`]),
    ...(widened === undefined ? [] : [`${widened.scalar.shape} under ${relaxation(widened.by)}.`]),
  ].join(' ');
}

function renderTypes(): string {
  const rows = (Object.values(scalar) as Scalar[])
    .filter(
      (type, at, all) => all.findIndex(({ xsd, shape }) => xsd === type.xsd && shape === type.shape) === at,
    )
    .map(
      ({ xsd, shape, json, bound }) =>
        `| ${xsd} | ${shape.replaceAll('|', 'or')} | ${json} | ${bound ?? ''} |`,
    );
  return [
    '## Types',
    '',
    'A bound is where Flexor takes less than the schema: against abuse, or against the loss of precision.',
    '',
    '| type | values | in JSON | bound |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function renderRelaxations(): string {
  const entries = RELAXATIONS.map(
    ({ name, tolerates, because }) => `### ${name}\n\n${tolerates}\n\nBecause: ${because}\n`,
  );
  return `## Relaxations\n\n${entries.join('\n')}`;
}

const link = (type: string): string => `[${type}](#${type.toLowerCase()})`;
const relaxation = (name: string): string => `[${name}](#${name})`;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  writeFileSync(MESSAGES_PAGE, renderMessages());
