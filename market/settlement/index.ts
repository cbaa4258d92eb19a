export * from './compare.ts';
export * from './contract.ts';
export * from './delivery.ts';
export * from './judge.ts';
export * from './match.ts';
export * from './reason.ts';
export * from './settle.ts';
export * from './structure.ts';
