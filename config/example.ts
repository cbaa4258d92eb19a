import { readFileSync } from 'node:fs';
import { generateKeyPair } from '../uftp/signing/keys.ts';

/**
 * The commented example configuration, as YAML. It is valid; the participants' keys in it are new each time and
 * their secret halves are gone, so that an example left in place lets nobody sign as a participant.
 */
export function exampleConfig(): string {
  return readFileSync(new URL('./example.yaml', import.meta.url), 'utf8').replace(/@\w+_PUBLIC_KEY@/g, () =>
    generateKeyPair().publicKey.toCs1(),
  );
}
