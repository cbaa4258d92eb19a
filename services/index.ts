export * from './database.ts';
export * from './errors.ts';
export * from './guarded.ts';
export * from './ports.ts';
export * from './postgres.ts';
export * from './temporal-binary.ts';
export * from './temporal-server.ts';
