import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

/** The Markdown that is committed; without version control, the pages that must be there. */
function pages(): string[] {
  try {
    const listed = execFileSync('git', ['ls-files', '*.md'], { cwd: root, encoding: 'utf8', stdio: 'pipe' });
    return listed.split('\n').filter((file) => file !== '' && existsSync(path.join(root, file)));
  } catch {
    return ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', 'docs/architecture.md'];
  }
}

/** A page as it is read: what stands in code is no link. */
const prose = (text: string): string =>
  text.replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, '').replaceAll(/`[^`\n]*`/g, '');

/** The anchors of a page's headings, as repository hosts make them. */
function anchorsOf(text: string): string[] {
  const headings = [...text.replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, '').matchAll(/^#+ +(.+)$/gm)];
  return headings.map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/\]\([^)]*\)/g, '')
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}

/** Why a link of a page leads nowhere; undefined where it leads somewhere or out into the world. */
function fault(page: string, link: string): string | undefined {
  if (/^[a-z]+:/.test(link)) return undefined;
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? page : path.join(path.dirname(page), decodeURIComponent(file));
  if (target.startsWith('..') || !existsSync(path.join(root, target))) return `${link}: no such file`;
  if (anchor === undefined || !target.endsWith('.md')) return undefined;
  return anchorsOf(read(target)).includes(anchor) ? undefined : `${link}: no such heading`;
}

describe.each(pages())('%s', (page) => {
  const text = read(page);

  it('has no link that leads nowhere', () => {
    const links = [...prose(text).matchAll(/\]\(<?([^)\s>]+)>?[^)]*\)/g)].map(([, link]) => link!);
    expect(links.map((link) => fault(page, link)).filter((found) => found !== undefined)).toEqual([]);
  });

  it('names only npm scripts that exist', () => {
    const named = [...text.matchAll(/\bnpm run (?:--silent )?([a-z][\w:-]*)/g)].map(([, script]) => script!);
    expect(named.filter((script) => !(script in scripts))).toEqual([]);
  });
});

describe('the check itself', () => {
  it('finds what leads nowhere', () => {
    expect(fault('README.md', 'docs/nowhere.md')).toBe('docs/nowhere.md: no such file');
    expect(fault('docs/architecture.md', '#no-such-room')).toBe('#no-such-room: no such heading');
    expect(fault('docs/architecture.md', '../../outside.md')).toBe('../../outside.md: no such file');
  });

  it('follows what leads somewhere', () => {
    expect(fault('README.md', 'docs/architecture.md#rooms')).toBeUndefined();
    expect(fault('docs/architecture.md', '../README.md')).toBeUndefined();
  });
});
