import { describe, expect, it } from 'vitest';
import { decode, encode } from '../codec/index.ts';
import { keyOf } from '../definition/element.ts';
import { sampleOf } from '../samples/index.ts';
import { answeredMessageId, answerTo, definitionOf, MESSAGES, type MessageType } from './index.ts';

const TYPES = Object.keys(MESSAGES) as MessageType[];
const questions = TYPES.filter((type) => definitionOf(type).answeredBy !== undefined);
const facts = { MessageID: '33333333-3333-4333-8333-333333333333', TimeStamp: '2026-01-05T10:00:00.000Z' };

describe('answers', () => {
  it.each(questions)('%s is answered the other way round, by a message that names it', (type) => {
    const question = decode(encode(sampleOf(type)));
    const answer = answerTo(question, facts)!;
    expect(answer).toMatchObject({
      ...facts,
      type: definitionOf(type).answeredBy,
      SenderDomain: question.RecipientDomain,
      RecipientDomain: question.SenderDomain,
      ConversationID: question.ConversationID,
    });
    const { route } = definitionOf(answer.type);
    expect([route.to, route.from]).toEqual([definitionOf(type).route.from, definitionOf(type).route.to]);
    // TestMessageResponse alone refers to nothing, and has no Result.
    const refers = type === 'TestMessage' ? undefined : question.MessageID;
    expect([answeredMessageId(answer as never), 'Result' in answer]).toEqual([
      refers,
      type !== 'TestMessage',
    ]);
  });

  it('a reason makes it a rejection', () => {
    const answer = answerTo(decode(encode(sampleOf('FlexRequest'))), {
      ...facts,
      RejectionReason: 'ISP conflict',
    })!;
    expect(decode(encode(answer))).toMatchObject({ Result: 'Rejected', RejectionReason: 'ISP conflict' });
  });

  it('what an answer carries beside comes with it', () => {
    const content = { FlexOrderSettlementStatus: [{ OrderReference: 'ORDER-1', Disposition: 'Accepted' }] };
    const answer = answerTo(decode(encode(sampleOf('FlexSettlement'))), facts, content)!;
    expect(decode(encode(answer))).toMatchObject(content);
  });

  it('nobody answers an answer', () => {
    for (const type of TYPES.filter((each) => definitionOf(each).kind === 'response'))
      expect(answerTo(decode(encode(sampleOf(type))), facts)).toBeUndefined();
  });

  it('every reference is an attribute that every version requires', () => {
    for (const type of TYPES) {
      const { answers, attributes } = definitionOf(type);
      if (answers)
        expect(attributes[answers.attribute]?.presence).toEqual({ '3.0.0': 'required', '3.1.0': 'required' });
      if (answers) expect(sampleOf(type)).toHaveProperty(keyOf(answers.attribute));
    }
  });
});
