import { type RelaxationName, versioned } from '../definition/element.ts';
import { request } from '../definition/message.ts';
import { scalar } from '../definition/scalar.ts';

export const TestMessage = request({
  name: 'TestMessage',
  from: 'any',
  to: 'any',
  answeredBy: 'TestMessageResponse',
  doc: 'Asks for an answer, to prove that connection and keys work both ways.',
});

const tolerated: RelaxationName = 'test-message-response-with-result';

/** In 3.x it carries neither a Result nor a reference; one peer library adds a Result all the same. */
export const TestMessageResponse = {
  ...request(
    { name: 'TestMessageResponse', from: 'any', to: 'any', doc: 'Answers a TestMessage.' },
    {
      Result: versioned(
        scalar.result,
        { '3.0.0': 'absent', '3.1.0': 'absent' },
        'Not part of 3.x.',
        tolerated,
      ),
      RejectionReason: versioned(
        scalar.text,
        { '3.0.0': 'absent', '3.1.0': 'absent' },
        'Not part of 3.x.',
        tolerated,
      ),
    },
  ),
  kind: 'response' as const,
};
