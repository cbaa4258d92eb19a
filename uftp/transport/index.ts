export * from './statuses.ts';
export * from './headers.ts';
export * from './retry.ts';
export { conventionalPath, type Endpoint } from './endpoint.ts';
export { defaultTimeouts } from './connections.ts';
export type { CreateDispatcher, Timeouts, TlsProfile } from './connections.ts';
export type { OAuthProfile } from './oauth.ts';
export * from './client.ts';
