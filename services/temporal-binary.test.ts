import path from 'node:path';
import { expect, test } from 'vitest';
import { cacheDir, serverVersion } from './temporal-binary.ts';

test("reads the server's version from the CLI's line", () => {
  expect(serverVersion('temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)')).toEqual([1, 32]);
  expect(serverVersion('something else')).toBeUndefined();
});

test('the cache is where the environment says', () => {
  expect(cacheDir({ FLEXOR_CACHE: '/a', XDG_CACHE_HOME: '/b' })).toBe('/a');
  expect(cacheDir({ XDG_CACHE_HOME: '/b' })).toBe(path.join('/b', 'flexor'));
});
