/**
 * Draws what a program printed on a terminal, colours included, as an SVG:
 *
 *     FORCE_COLOR=1 npm run --silent demo -- --once > demo.txt
 *     node --import tsx docs/pictures/terminal.ts demo.txt docs/pictures/demo.svg "npm run demo -- --once"
 */
import { readFileSync, writeFileSync } from 'node:fs';

const [input, output, title = ''] = process.argv.slice(2);
if (input === undefined || output === undefined) {
  console.error('Usage: node --import tsx docs/pictures/terminal.ts TEXT SVG [TITLE]');
  process.exit(2);
}

const ADVANCE = 7.83;
const LINE_HEIGHT = 19;
const MARGIN = 22;
const TOP = 58;
/** Classes by the parameter of the escape sequence that starts (or ends) them. */
const STYLES: Readonly<Record<string, [aspect: 'weight' | 'colour', style: string]>> = {
  '0': ['weight', ''],
  '1': ['weight', 'b'],
  '2': ['weight', 'd'],
  '22': ['weight', ''],
  '31': ['colour', 'r'],
  '32': ['colour', 'g'],
  '35': ['colour', 'm'],
  '36': ['colour', 'c'],
  '39': ['colour', ''],
};

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const lines = readFileSync(input, 'utf8').replaceAll('\r', '').trim().split('\n');
const columns = Math.max(...lines.map((line) => line.replaceAll(/\x1b\[\d+m/g, '').length));
const width = Math.ceil(columns * ADVANCE + 2 * MARGIN);
const height = TOP + lines.length * LINE_HEIGHT + 10;

const now = { weight: '', colour: '' };
const drawn = lines.flatMap((line, row) => {
  let column = 0;
  const y = TOP + 4 + row * LINE_HEIGHT;
  return line.split(/(\x1b\[\d+m)/).flatMap((part) => {
    const code = /^\x1b\[(\d+)m$/.exec(part)?.[1];
    if (code !== undefined) {
      const [aspect, style] = STYLES[code] ?? ['colour', ''];
      now[aspect] = style;
      return [];
    }
    const from = column;
    column += part.length;
    // Words in columns stand where the terminal put them, whatever width the reader's font has.
    return [...part.matchAll(/\S+(?: \S+)*/g)].map(({ 0: words, index }) => {
      const x = (MARGIN + (from + index) * ADVANCE).toFixed(1);
      const length = (words.length * ADVANCE).toFixed(1);
      const style = [now.weight, now.colour].filter(Boolean).join(' ');
      const classes = style === '' ? '' : ` class="${style}"`;
      return `<text x="${x}" y="${y}" textLength="${length}"${classes}>${escaped(words)}</text>`;
    });
  });
});

writeFileSync(
  output,
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escaped(title)}</title>
<style>
text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #d6dbe3; white-space: pre }
.b { font-weight: 700; fill: #ffffff } .d { fill: #8b95a5 }
.r { fill: #ff8078 } .g { fill: #63d489 } .m { fill: #d79bf0 } .c { fill: #5fd0df }
</style>
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="10" fill="#161b22" stroke="#3b4350"/>
<circle cx="22" cy="20" r="6" fill="#ff5f57"/><circle cx="42" cy="20" r="6" fill="#febc2e"/><circle cx="62" cy="20" r="6" fill="#28c840"/>
<text class="d" x="${width / 2}" y="25" text-anchor="middle">${escaped(title)}</text>
${drawn.join('\n')}
</svg>
`,
);
