import { readFileSync, writeFileSync } from 'node:fs';

const FILE = new URL('./RESULTS.md', import.meta.url);

/** Begins the part of `RESULTS.md` that `npm run bench -- portfolio-sync` renews. */
const PORTFOLIO = '# A portfolio through everything';

/** Renews what is said of the protocol room, and leaves the rest. */
export function writeProtocol(text: string): void {
  const [, kept] = parts();
  writeFileSync(FILE, `${text.trimEnd()}\n${kept}`);
}

/** Renews what is said of portfolios, and leaves the rest. */
export function writePortfolio(text: string): void {
  const [kept] = parts();
  writeFileSync(FILE, `${kept.trimEnd()}\n\n${PORTFOLIO}\n\n${text.trimEnd()}\n`);
}

function parts(): [string, string] {
  const standing = readFileSync(FILE, 'utf8');
  const at = standing.indexOf(`\n${PORTFOLIO}\n`);
  return at < 0 ? [standing, ''] : [standing.slice(0, at), standing.slice(at)];
}
