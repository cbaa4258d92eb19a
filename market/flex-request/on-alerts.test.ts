import { describe, expect, it } from 'vitest';
import { AT, after, content, is, order, tell } from './facts.testkit.ts';
import { initialState } from './state.ts';
import { alert, resolve } from './step.ts';

const NOW = AT.offered;
const LATER = AT.ordered;
const broken = { key: 'a', severity: 'critical', text: 'it is broken' } as const;

describe('an alert', () => {
  it('is raised once for as long as it stands', () => {
    const once = alert(initialState, NOW, broken);
    expect(once.alerts).toEqual([{ ...broken, at: NOW }]);
    expect(alert(once, LATER, broken)).toBe(once);
  });

  it('is raised anew where its words changed, in the place of the old one', () => {
    const other = { ...broken, text: 'it is still broken' };
    expect(alert(alert(initialState, NOW, broken), LATER, other).alerts).toEqual([{ ...other, at: LATER }]);
  });

  it('is raised anew after it was resolved', () => {
    const resolved = resolve(alert(initialState, NOW, broken), 'a');
    expect(resolved.alerts).toEqual([{ ...broken, at: NOW, resolved: true }]);
    expect(alert(resolved, LATER, broken).alerts).toEqual([{ ...broken, at: LATER }]);
  });

  it('stands beside others, and is resolved by itself', () => {
    const both = alert(alert(initialState, NOW, broken), LATER, { ...broken, key: 'b' });
    expect(both.alerts.map(({ key }) => key)).toEqual(['a', 'b']);
    expect(resolve(both, 'a').alerts.map(({ resolved }) => resolved)).toEqual([true, undefined]);
  });

  it('that does not stand is resolved by nothing', () => {
    const resolved = resolve(alert(initialState, NOW, broken), 'a');
    expect(resolve(resolved, 'a')).toBe(resolved);
    expect(resolve(resolved, 'b')).toBe(resolved);
    const standing = alert(initialState, NOW, broken);
    expect(resolve(standing, 'b')).toBe(standing);
  });
});

describe('a decision', () => {
  it('knows what is ordered already, and what is reserved', () => {
    const more = is.commanded({ kind: 'offer', proposal: { options: [] } });
    const { effects } = tell([is.reserved(), more], after('Ordered'));
    const decide = effects.find((effect) => effect.kind === 'decide' && effect.why === 'operator');
    expect(decide).toMatchObject({ offered: [content()], reserved: expect.any(Array) });
  });

  it('without an operator names no command, and keeps who redispatches', () => {
    expect(after('Opened').state.deciding).toEqual([{ step: 'FlexOffer/1', why: 'requested' }]);
    const decided = is.decided({ kind: 'offer', content: content(), redispatchBy: 'DSO' }, 'FlexOffer/1');
    expect(tell([decided], after('Opened')).state.offers[0]).toMatchObject({ redispatchBy: 'DSO' });
  });
});

describe('a settlement', () => {
  it('without words leaves none', () => {
    const { state } = tell([[is.settled(), AT.settled]], after('Delivered'));
    expect(state.orders[0]!.settlement).toEqual({ messageId: expect.any(String) });
    expect(state.orders[0]!.order).toEqual(order());
  });
});

it('a conversation that is over takes no more offers, however long its request goes on', () => {
  const early = tell([is.settled()], after('Ordered')).state;
  expect(early).toMatchObject({ phase: 'Settled', requestStatus: 'Expired' });
});
