import { readFileSync } from 'node:fs';
import { LineCounter, type Node, isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import { reasonOf } from '../base/errors.ts';
import { ConfigError, type Problem } from './errors.ts';

/** A configuration file as YAML holds it, before anything is known about its fields. */
export interface Source {
  /** Plain data; fields left empty are dropped, so that they count as absent. */
  readonly tree: unknown;
  /** What is wrong with the YAML itself. */
  readonly problems: Problem[];
  /** The line, from 1, of a field or of the nearest field around it. */
  lineOf(path: readonly PropertyKey[]): number | undefined;
}

/**
 * Reads a YAML file.
 *
 * @throws ConfigError `config.file-missing`
 */
export function readSource(file: string): Source {
  return parseSource(readText(file));
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ConfigError(
      'config.file-missing',
      `The configuration ${file} cannot be read.`,
      'Write an example with `flexor init`, or name the right file with --config or FLEXOR_CONFIG.',
      { cause },
    );
  }
}

/** As `readSource`, from text. */
export function parseSource(text: string): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problems = document.errors.map((error): Problem => ({
    path: 'YAML',
    line: lines.linePos(error.pos[0]).line,
    message: `${error.message.replace(/\.?$/, '.')}`,
    remedy: 'Mend the YAML.',
  }));
  const lineOfNode = (node: Node | null | undefined): number | undefined =>
    node?.range ? lines.linePos(node.range[0]).line : undefined;

  const lineOf = (path: readonly PropertyKey[]): number | undefined => {
    let node = document.contents as Node | null | undefined;
    let line = lineOfNode(node);
    for (const step of path) {
      if (isAlias(node)) node = node.resolve(document);
      if (isMap(node)) {
        const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
        line = lineOfNode(pair?.key as Node | undefined) ?? line;
        node = pair?.value as Node | null | undefined;
      } else if (isSeq(node)) {
        node = node.items[Number(step)] as Node | undefined;
        line = lineOfNode(node) ?? line;
      } else return line;
    }
    return line;
  };

  if (problems.length > 0) return { tree: undefined, problems, lineOf };
  try {
    return { tree: withoutNulls(document.toJS()), problems, lineOf };
  } catch (thrown) {
    // Aliases that would multiply into a huge tree are only noticed here.
    return {
      tree: undefined,
      problems: [{ path: 'YAML', message: reasonOf(thrown), remedy: 'Mend the YAML.' }],
      lineOf,
    };
  }
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== null)
      .map(([name, inner]) => [name, withoutNulls(inner)]),
  );
}
