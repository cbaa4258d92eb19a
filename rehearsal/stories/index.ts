import { playStandardStory } from '../story.ts';
import { disputed, metering, outage, portfolio, prognosis } from './delivery.ts';
import { corrected, direct, noReply, partial, revoked, unsolicited } from './offers.ts';
import { manual, noBid, rejected, superseded } from './requests.ts';
import type { Story } from './story.ts';

export type { Story } from './story.ts';

const standard: Story = {
  name: 'standard',
  title: 'an aggregator’s whole job: portfolio, offer, order, reservation, delivery, settlement',
  play: playStandardStory,
};

/** Everything that the demo can tell; the first is told unless another is asked for. */
export const STORIES: readonly Story[] = [
  standard,
  rejected,
  noBid,
  superseded,
  manual,
  corrected,
  partial,
  revoked,
  noReply,
  unsolicited,
  direct,
  outage,
  disputed,
  prognosis,
  metering,
  portfolio,
];
