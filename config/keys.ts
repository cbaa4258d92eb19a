import { z } from 'zod';

/** Every field of a schema as a path, list items as `[]`: `participants[].market.timeZone`. Parents included. */
export function keysOf(schema: z.core.$ZodType, path = ''): Set<string> {
  const below = (inner: z.core.$ZodType): Set<string> => keysOf(inner, path);
  if (schema instanceof z.ZodObject) {
    const fields = Object.entries(schema.shape as Record<string, z.core.$ZodType>);
    return new Set(
      fields.flatMap(([name, inner]) => {
        const own = path ? `${path}.${name}` : name;
        return [own, ...keysOf(inner, own)];
      }),
    );
  }
  if (schema instanceof z.ZodArray) return keysOf(schema.element as z.core.$ZodType, `${path}[]`);
  if (schema instanceof z.ZodUnion) return new Set(schema.options.flatMap((option) => [...below(option)]));
  if (schema instanceof z.ZodPipe) return new Set([...below(schema.in), ...below(schema.out)]);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return below(schema.unwrap());
  }
  return new Set();
}

/** The names that may stand directly under `path`. */
export function namesUnder(keys: Iterable<string>, path: readonly PropertyKey[]): string[] {
  const prefix = pathText(path.map((step) => (typeof step === 'number' ? '' : step)));
  return [...keys]
    .filter((key) => key.startsWith(prefix && `${prefix}.`))
    .map((key) => key.slice(prefix ? prefix.length + 1 : 0))
    .filter((rest) => /^\w+$/.test(rest));
}

/** A path as people write it: `participants[0].endpoint`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((written, step) => {
    if (typeof step === 'number' || step === '') return `${written}[${String(step)}]`;
    return written ? `${written}.${String(step)}` : String(step);
  }, '');
}

/** The name that was probably meant: at most a third of its letters wrong. */
export function didYouMean(written: string, names: readonly string[]): string | undefined {
  const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');
  const ranked = names
    .map((name) => ({ name, distance: editDistance(plain(written), plain(name)) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return ranked && ranked.distance <= Math.ceil(ranked.name.length / 3) ? ranked.name : undefined;
}

/** Letters to add, drop or replace to turn one word into the other. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
