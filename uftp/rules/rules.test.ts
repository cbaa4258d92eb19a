import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { isMessageType, type Message } from '../messages/index.ts';
import { ALONE_EXAMPLES } from './alone-examples.testkit.ts';
import { ANSWERING_EXAMPLES, EMISSION_EXAMPLES } from './emission-examples.testkit.ts';
import { contextOf, CONTEXT, example, type Examples, SOUND, sound } from './examples.testkit.ts';
import {
  ANSWERING_RULES,
  checkOutgoing,
  EMISSION_RULES,
  judge,
  judgeAlone,
  type Rejection,
  rejectionReason,
  type RuleName,
  RULES,
} from './index.ts';
import { KNOWING_EXAMPLES } from './knowing-examples.testkit.ts';

const EXAMPLES: Readonly<Record<string, Examples>> = { ...ALONE_EXAMPLES, ...KNOWING_EXAMPLES };
const SENDING: Readonly<Record<string, Examples>> = { ...EMISSION_EXAMPLES, ...ANSWERING_EXAMPLES };
const names = (rejections: readonly Rejection<string>[]): string[] => rejections.map(({ rule }) => rule);

test('rule names are known to the compiler', () => {
  // @ts-expect-error there is no such rule
  const wrong: RuleName = 'no-such-rule';
  expect(RULES.map(({ name }) => name)).not.toContain(wrong);
});

test.each(Object.values(SOUND).map((message) => [message.type, message] as const))(
  'a sound %s breaks no rule',
  async (_type, message) => expect(await judge(message, contextOf(example(message)))).toEqual([]),
);

describe.each(RULES)('rule $name', (rule) => {
  const examples = EXAMPLES[rule.name];

  it('has examples on both sides, of its own message types', () => {
    expect(examples?.accepts.length).toBeGreaterThan(0);
    expect(examples?.rejects.length).toBeGreaterThan(0);
    const types = [...(examples?.accepts ?? []), ...(examples?.rejects ?? [])].map(
      ({ message }) => message.type,
    );
    expect(rule.messages).toEqual(expect.arrayContaining(types));
  });

  it('is the only one of its name, and stands behind what it presumes', () => {
    const order = RULES.map(({ name }) => name as string);
    const place = order.indexOf(rule.name);
    expect(order.lastIndexOf(rule.name)).toBe(place);
    expect(rule.presumes.map((name) => order.indexOf(name)).every((at) => at >= 0 && at < place)).toBe(true);
    expect(rule.messages.every(isMessageType)).toBe(true);
  });

  test.each(examples?.accepts ?? [])('accepts', async (accepted) => {
    expect(names(await judge(accepted.message, contextOf(accepted)))).toEqual([]);
  });

  test.each(examples?.rejects ?? [])('rejects', async (rejected) => {
    const rejections = await judge(rejected.message, contextOf(rejected));
    expect(names(rejections)).toContain(rule.name);
    const alone = names(judgeAlone(rejected.message, contextOf(rejected)));
    expect(alone.includes(rule.name)).toBe(rule.knows.length === 0);
  });

  it('is left out where its knowledge is not given', async () => {
    const message = (examples?.rejects[0] as Examples['rejects'][number]).message;
    const context = { ...contextOf(examples!.rejects[0]!), knowledge: {} };
    expect(names(await judge(message, context)).includes(rule.name)).toBe(rule.knows.length === 0);
  });
});

describe.each([...EMISSION_RULES, ...ANSWERING_RULES])('sending: $name', (rule) => {
  const examples = SENDING[rule.name];
  const context = { ...CONTEXT, request: sound('FlexRequest') };

  it('has examples on both sides, of its own message types', () => {
    expect(examples?.accepts.length).toBeGreaterThan(0);
    expect(examples?.rejects.length).toBeGreaterThan(0);
  });
  test.each(examples?.accepts ?? [])('accepts', ({ message }) => {
    expect(names(checkOutgoing(message, message.type === 'FlexOffer' ? context : CONTEXT))).toEqual([]);
  });
  test.each(examples?.rejects ?? [])('rejects', ({ message }) => {
    expect(names(checkOutgoing(message, context))).toContain(rule.name);
  });
});

test('no example belongs to a rule that is gone', () => {
  const known = [...RULES, ...EMISSION_RULES, ...ANSWERING_RULES].map(({ name }) => name as string);
  expect(known.sort()).toEqual([...Object.keys(EXAMPLES), ...Object.keys(SENDING)].sort());
});

describe('judging', () => {
  const bad = sound('FlexRequest', {
    ISP: [
      { Disposition: 'Available', MinPower: 2, MaxPower: 1, Start: 95, Duration: 4 },
      { Disposition: 'Available', MinPower: 1, MaxPower: 1, Start: 96, Duration: 1 },
    ],
  });

  it('reports every broken rule, not only the first, joined as one reason', () => {
    const rejections = judgeAlone(bad, CONTEXT);
    expect(rejectionReason(rejections)).toBe(
      'ISPs out of bounds;ISP conflict;Lacking Requested Disposition;Power discrepancy',
    );
    expect(rejectionReason(rejections, 'detailed')).toContain(
      'ISPs out of bounds (FlexRequest: Start 95, Duration 4, the day has 96 ISPs)',
    );
  });

  it('says the same text once', () => {
    const text = 'Invalid Sender';
    expect(rejectionReason([{ text }, { text: 'ISP conflict' }, { text }])).toBe(
      'Invalid Sender;ISP conflict',
    );
  });

  it('leaves out what makes no sense once another rule is broken', () => {
    const message = sound('FlexRequest', {
      TimeZone: 'Europe/Atlantis',
      ISP: [{ Disposition: 'Requested', MinPower: -2, MaxPower: -1, Start: 500, Duration: 1 }],
    });
    expect(names(judgeAlone(message, CONTEXT))).toEqual(['time-zone-rejected']);
    expect(names(judgeAlone({ ...message, ISPDuration: 'P1Y' }, { now: CONTEXT.now }))).toEqual([
      'isp-duration-rejected',
      'time-zone-rejected',
    ]);
  });

  it('judges a settlement without a market by what needs none', () => {
    const far = sound('FlexSettlement', { PeriodEnd: '2027-01-01' });
    expect(names(judgeAlone(far, { now: CONTEXT.now }))).toEqual([
      'settlement-ends-wrongly',
      'settlement-item-out-of-period',
    ]);
  });

  it('is not slowed down by what a Duration claims', () => {
    const groups = Array.from({ length: 2000 }, (_, i) => ({
      Disposition: 'Requested' as const,
      MinPower: -2,
      MaxPower: -1,
      Start: i + 1,
      Duration: 1e15,
    }));
    expect(names(judgeAlone(sound('FlexRequest', { ISP: groups }), CONTEXT))).toEqual([
      'isps-out-of-bounds',
      'isp-conflict',
    ]);
  });

  it('never fails on a message the schema admits', () => {
    const whole = fc.oneof(fc.integer({ min: -3, max: 120 }), fc.maxSafeInteger());
    const day = fc.constantFrom('0001-01-01', '2027-03-10', '2011-12-30', '9999-12-31');
    const zone = fc.constantFrom(
      'Europe/Amsterdam',
      'Pacific/Apia',
      'Australia/Lord_Howe',
      'Europe/Atlantis',
    );
    const length = fc.constantFrom('PT15M', 'PT1H', 'P1M', 'PT0M', '-PT15M', `PT${'9'.repeat(400)}M`);
    const market = fc.constantFrom(undefined, CONTEXT.market);
    fc.assert(
      fc.property(day, day, zone, length, market, whole, whole, whole, (a, b, tz, dur, market, s, d, p) => {
        const flex = { Period: a, TimeZone: tz, ISPDuration: dur };
        const isp = { Power: p, Start: s, Duration: d };
        const request = {
          Disposition: 'Requested' as const,
          MinPower: p,
          MaxPower: -p,
          Start: s,
          Duration: d,
        };
        const messages: Message[] = [
          sound('D-Prognosis', { ...flex, ISP: [isp, isp] }),
          sound('FlexRequest', { ...flex, ISP: [request], ExpirationDateTime: `${b}T00:00:00.000Z` }),
          sound('FlexOrder', { ...flex, ISP: [isp] }),
          sound('Metering', {
            ...flex,
            Profile: [{ ProfileType: 'Power', Unit: 'kW', ISP: [{ ...isp, Value: '1' }] }],
          }),
          sound('FlexSettlement', { PeriodStart: a, PeriodEnd: b }),
        ];
        for (const message of messages) {
          for (const { text } of judgeAlone(message, { ...CONTEXT, market })) expect(text).not.toBe('');
          checkOutgoing(message, { market });
        }
      }),
      { numRuns: 500 },
    );
  });

  it('lets a failing lookup fail the judgement', async () => {
    const context = contextOf(
      example(
        sound('FlexRequest'),
        {},
        {
          congestionPoints: { at: () => Promise.reject(new Error('the store is away')) },
        },
      ),
    );
    await expect(judge(sound('FlexRequest'), context)).rejects.toThrow('the store is away');
  });

  it('asks for each reference once', async () => {
    const asked: string[] = [];
    const { knowledge } = contextOf(example(sound('FlexOrder')));
    const find = knowledge!.references!.find;
    const references: typeof knowledge = {
      ...knowledge,
      references: {
        find: (id, domain) => {
          asked.push(id);
          return find(id, domain);
        },
      },
    };
    await judge(sound('FlexOrder'), { ...CONTEXT, knowledge: references });
    expect(asked.sort()).toEqual([...new Set(asked)].sort());
  });

  it('words reasons as the version of the message does', () => {
    const wordings = (Version: string): string =>
      rejectionReason(judgeAlone({ ...sound('FlexRequest'), Version, TimeZone: 'Europe/London' }, CONTEXT));
    expect(wordings('3.0.0')).toBe('Time zone rejected');
    expect(wordings('3.1.0')).toBe('Time zone rejected');
    expect(RULES.find(({ name }) => name === 'time-zone-rejected')?.text.next).toBe('TimeZone rejected');
  });
});

describe('what is about to be sent', () => {
  it('is judged by the rules of its recipient too, at the instant it was written', () => {
    const late = sound('FlexOffer', { ExpirationDateTime: '2027-03-09T10:00:00.000Z' });
    expect(names(checkOutgoing(late))).toEqual(['expired-on-receipt']);
  });

  it('may leave out what the schema has a default for', () => {
    const { OfferOption, ...offer } = sound('FlexOffer');
    const [{ MinActivationFactor: _, ISP: __, ...option }] = OfferOption as [
      Message<'FlexOffer'>['OfferOption'][0],
    ];
    expect(
      checkOutgoing({ ...offer, OfferOption: [{ ...option, ISP: [{ Power: -4000, Start: 48 }] }] }),
    ).toEqual([]);
  });

  it('that cannot be read is refused, not a crash', () => {
    const rejections = checkOutgoing({ ...sound('FlexOffer'), TimeStamp: 'yesterday', Period: 'tomorrow' });
    expect(names(rejections)).toEqual(['instant-not-utc', 'day-with-offset']);
  });
});
