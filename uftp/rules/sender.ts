import { VERSIONS } from '../definition/version.ts';
import { definitionOf } from '../messages/index.ts';
import { ALL } from './facts.ts';
import { alone, knowing } from './rule.ts';
import { TEXTS } from './texts.ts';

/** Who may say what to whom. */
export const SENDER_RULES = [
  alone({
    name: 'sender-mismatch',
    messages: ALL,
    when: 'the SenderDomain of the message is not the one of its SignedMessage',
    text: { '3.x': 'Invalid Sender', next: 'Mismatch SenderDomain' },
    cites: 'UFTP, rejection reasons: "Invalid Sender"',
    breaks: (message, { wrapper }) =>
      wrapper !== undefined &&
      wrapper.SenderDomain !== message.SenderDomain &&
      `signed by ${wrapper.SenderDomain}, written by ${message.SenderDomain}`,
  }),
  knowing({
    name: 'sender-unknown',
    messages: ALL,
    when: 'the sender is not known to act in the role its SignedMessage states',
    text: { '3.x': 'Invalid Sender', next: 'Invalid Sender combination' },
    cites: 'UFTP, rejection reasons: "Invalid Sender"',
    knows: ['participants'],
    breaks: async (_message, { wrapper, knowledge }) =>
      wrapper !== undefined &&
      !(await knowledge.participants.isKnown(wrapper.SenderDomain, wrapper.SenderRole)),
  }),
  knowing({
    name: 'sender-barred',
    messages: ALL,
    when: 'messages of the sender are explicitly refused',
    text: 'Barred Sender',
    cites: 'UFTP, rejection reasons: "Barred Sender"',
    knows: ['participants'],
    breaks: async (_message, { wrapper, knowledge }) =>
      wrapper !== undefined && knowledge.participants.isBarred(wrapper.SenderDomain, wrapper.SenderRole),
  }),
  alone({
    name: 'message-not-for-role',
    messages: ALL,
    when: "the sender's role may not send, or the recipient's role does not receive, this type of message",
    text: 'Invalid Message',
    cites: 'UFTP, rejection reasons: "Invalid Message"; the message overview: who sends what to whom',
    breaks: ({ type }, { wrapper, recipientRole }) => {
      const { from, to } = definitionOf(type).route;
      if (wrapper && from !== 'any' && wrapper.SenderRole !== from) return `${type} is sent by a ${from}`;
      if (recipientRole && to !== 'any' && recipientRole !== to) return `${type} is sent to a ${to}`;
      return false;
    },
  }),
  knowing({
    name: 'recipient-unknown',
    messages: ALL,
    when: 'the RecipientDomain is not served here',
    text: { '3.x': 'Unknown Recipient', next: 'Unknown RecipientDomain' },
    cites: 'UFTP, rejection reasons: "Unknown Recipient"',
    knows: ['participants'],
    breaks: async ({ RecipientDomain }, { knowledge }) =>
      !(await knowledge.participants.isServedHere(RecipientDomain)) && RecipientDomain,
  }),
  alone({
    name: 'version-unsupported',
    messages: ALL,
    when: 'the Version is not spoken here',
    text: 'Version not supported',
    cites: 'UFTP, "Version": another version may be rejected; the text is left to the recipient',
    breaks: ({ Version }, { versions = VERSIONS }) =>
      !(versions as readonly string[]).includes(Version) && `${Version} is not one of ${versions.join(', ')}`,
  }),
  knowing({
    name: 'duplicate-identifier',
    messages: ALL,
    when: 'the MessageID was used before by the same sender for other content',
    text: 'Duplicate Identifier',
    cites: 'UFTP, rejection reasons: "Duplicate Identifier"',
    knows: ['submissions'],
    breaks: async ({ SenderDomain, MessageID }, { digest, knowledge }) => {
      const earlier = await knowledge.submissions.earlierDigest(SenderDomain, MessageID);
      return earlier !== undefined && digest !== undefined && earlier !== digest;
    },
  }),
  knowing({
    name: 'already-submitted',
    messages: ALL,
    when: 'the same message was received before; this means success, and the stored answer is better',
    text: TEXTS.alreadySubmitted,
    cites: 'UFTP, rejection reasons: "Already Submitted": considered successfully submitted',
    knows: ['submissions'],
    breaks: async ({ SenderDomain, MessageID }, { digest, knowledge }) => {
      const earlier = await knowledge.submissions.earlierDigest(SenderDomain, MessageID);
      return earlier !== undefined && earlier === digest;
    },
  }),
];
