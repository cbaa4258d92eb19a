import type { z } from 'zod';
import type { Problem } from './errors.ts';
import { didYouMean, keysOf, namesUnder, pathText } from './keys.ts';
import { configSchema } from './schema.ts';

/** A problem before its line is known. */
export interface Finding {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly remedy: string;
}

/** Says in words what the schema found. */
export function findingsOf(issues: readonly z.core.$ZodIssue[]): Finding[] {
  return issues.flatMap(explain);
}

/** Adds path and line. */
export function located(
  findings: readonly Finding[],
  lineOf: (path: readonly PropertyKey[]) => number | undefined,
): Problem[] {
  return findings.map(({ path, message, remedy }) => {
    const line = lineOf(path);
    return { path: pathText(path) || 'the file', ...(line !== undefined && { line }), message, remedy };
  });
}

function explain(issue: z.core.$ZodIssue): Finding[] {
  const path = issue.path;
  switch (issue.code) {
    case 'custom':
      return [{ path, message: issue.message, remedy: String(issue.params?.['remedy']) }];
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownField([...path, key]));
    case 'invalid_union':
      return [invalidKind(path, issue)];
    case 'invalid_type':
      return [invalidShape(path, issue)];
    case 'too_small':
      return [{ path, message: 'The list is empty.', remedy: `Name at least ${issue.minimum}.` }];
    case 'too_big':
      return [{ path, message: 'The list is too long.', remedy: `Name at most ${issue.maximum}.` }];
    default:
      return [{ path, message: `${issue.message}.`, remedy: 'Compare it with docs/configuration.md.' }];
  }
}

function unknownField(path: readonly PropertyKey[]): Finding {
  const known = namesUnder(keysOf(configSchema), path.slice(0, -1));
  const meant = didYouMean(String(path.at(-1)), known);
  return {
    path,
    message: 'There is no such field.',
    remedy: meant ? `Did you mean ${meant}?` : `Take it out; the fields here are ${known.join(', ')}.`,
  };
}

/** A `role` or `kind` that decides which fields may follow. */
function invalidKind(path: readonly PropertyKey[], issue: z.core.$ZodIssueInvalidUnion): Finding {
  const options =
    path.at(-1) === 'role'
      ? 'DSO or CRO'
      : /^strateg/.test(String(path[0]))
        ? 'merit-order, webhook or manual'
        : /^forecast/.test(String(path[0]))
          ? 'uploaded, meter-history or webhook'
          : /^dispatch/.test(String(path[0]))
            ? 'log or webhook'
            : 'reference or d-prognosis';
  const message =
    issue.input === undefined || !('input' in issue) ? 'This field is missing.' : 'This is not known.';
  return { path, message, remedy: `Write ${options}.` };
}

function invalidShape(path: readonly PropertyKey[], issue: z.core.$ZodIssueInvalidType): Finding {
  const list = issue.expected === 'array';
  if (issue.input === undefined) return { path, message: 'This field is missing.', remedy: 'Add it.' };
  return {
    path,
    message: list ? 'A list is expected.' : 'A group of fields is expected.',
    remedy: list ? 'Begin each item with "- ".' : 'Indent its fields below it, each as "name: value".',
  };
}
