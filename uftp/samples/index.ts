import type { Clock } from '../../base/clock.ts';
import { type Role, type Version } from '../definition/version.ts';
import { definitionOf, type MessageDraft, type MessageType } from '../messages/index.ts';
import { contents } from './contents.ts';

/** What makes a sample new: without it, the same sample comes out every time. */
export interface SampleSource {
  /** Its present instant becomes the TimeStamp; days and deadlines follow from it. */
  readonly clock?: Clock;
  /** Makes the MessageID, the ConversationID and the references, in this order. */
  readonly newId?: () => string;
}

const DOMAINS: Record<Role, string> = {
  AGR: 'agr.example.com',
  CRO: 'cro.example.com',
  DSO: 'dso.example.com',
};

/**
 * A valid sample of a message: a FlexRequest for the next day, the FlexOffer for it, and so on. The same call
 * gives the same sample, unless `source` has a clock or makes ids.
 *
 * @param overrides values that take the place of the sample's own
 */
export function sampleOf<T extends MessageType>(
  type: T,
  version: Version = '3.1.0',
  overrides: Partial<Omit<MessageDraft<T>, 'type' | 'Version'>> = {},
  source: SampleSource = {},
): MessageDraft<T> {
  const newId = source.newId ?? countingIds();
  const now = source.clock?.now() ?? new Date('2026-01-05T09:00:00Z');
  const { route } = definitionOf(type);
  const metadata = {
    type,
    Version: version,
    SenderDomain: DOMAINS[route.from === 'any' ? 'DSO' : route.from],
    RecipientDomain: DOMAINS[route.to === 'any' ? 'AGR' : route.to],
    TimeStamp: now.toISOString(),
    MessageID: newId(),
    ConversationID: newId(),
  };
  return { ...metadata, ...contents(type, now, newId), ...overrides } as unknown as MessageDraft<T>;
}

function countingIds(): () => string {
  let count = 0;
  return () => `00000000-0000-4000-8000-${String(++count).padStart(12, '0')}`;
}
