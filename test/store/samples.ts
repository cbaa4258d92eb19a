import { randomUUID } from 'node:crypto';
import type { NewInbound, NewOutbound } from '../../store/index.ts';

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

export function inbound(changes: Partial<NewInbound> = {}): NewInbound {
  return {
    senderDomain: 'dso.example',
    senderRole: 'DSO',
    recipientDomain: 'agr.example',
    messageId: randomUUID(),
    conversationId: randomUUID(),
    type: 'FlexRequest',
    version: '3.1.0',
    receivedAt: '2026-11-23T10:00:00.000Z',
    body: bytesOf('<SignedMessage/>'),
    payload: bytesOf('<FlexRequest/>'),
    ...changes,
  };
}

export function outbound(changes: Partial<NewOutbound> = {}): NewOutbound {
  return {
    recipientDomain: 'dso.example',
    recipientRole: 'DSO',
    messageId: randomUUID(),
    conversationId: randomUUID(),
    type: 'FlexOffer',
    version: '3.1.0',
    createdAt: '2026-11-23T10:01:00.000Z',
    body: bytesOf('<SignedMessage Body="offer"/>'),
    payload: bytesOf('<FlexOffer/>'),
    ...changes,
  };
}
