import { describe, expect, it } from 'vitest';
import { firstGap, firstOverlap } from '../uftp/index.ts';
import { requestFlex, updateReservation } from './control-api.ts';
import { connections, contract, standardStory } from './scenario.ts';

describe('the standard story', () => {
  it.each([
    ['an ordinary day', '2026-06-15T08:00:00Z', '2026-06-16', 96],
    ['late in the evening, when the local day is already the next', '2026-06-15T22:30:00Z', '2026-06-17', 96],
    ['the day before clocks go forward', '2026-03-28T08:00:00Z', '2026-03-29', 92],
    ['the day before clocks go back', '2026-10-24T08:00:00Z', '2026-10-25', 100],
  ])('asks for the whole of tomorrow: %s', (_, now, period, count) => {
    const story = standardStory(now);
    expect(story).toMatchObject({ period, ispCount: count });
    const groups = requestFlex.parse(story.request).isps.map(({ start, duration }) => ({
      Start: start,
      Duration: duration,
    }));
    expect(firstGap(groups, count)).toBeUndefined();
    expect(firstOverlap(groups)).toBeUndefined();
    expect(story.baseline.power).toHaveLength(count);
  });

  it('can be served by its connections, and reserves no more than the contract', () => {
    const { request, reservationUpdate } = standardStory('2026-06-15T08:00:00Z');
    const wanted = request.isps.find(({ disposition }) => disposition === 'Requested')!;
    const available = connections.reduce((sum, { asset }) => sum + asset.canReduceW, 0);
    expect(available).toBeGreaterThanOrEqual(-wanted.minPower);
    for (const { powerW } of updateReservation.parse(reservationUpdate).isps) {
      expect(Math.abs(powerW)).toBeLessThanOrEqual(Math.abs(contract.reserved[0]!.powerW));
    }
  });
});
