export * from './base64.ts';
export * from './keys.ts';
export * from './engine.ts';
export * from './seal.ts';
