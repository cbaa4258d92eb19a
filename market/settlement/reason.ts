/** Where a settlement is wrong: one figure with both values, or a remark; of one ISP, or of the whole item. */
export type Difference =
  | { readonly isp?: number; readonly field: string; readonly stated: string; readonly own: string }
  | { readonly isp?: number; readonly text: string };

/** Longest DisputeReason in characters: the schema has no bound, people and their databases do. */
export const LONGEST_REASON = 500;

const REST = 40;

/**
 * Differences as a sentence for a person at the DSO: ISPs, field, what is stated and what we have. ISPs in a row
 * that differ alike are named as a range; what does not fit is counted. Undefined where there is no difference.
 */
export function reasonOf(differences: readonly Difference[], longest = LONGEST_REASON): string | undefined {
  const remarks = [...grouped(differences)].map(
    ([text, isps]) => `${isps.length > 0 ? `ISP ${ranges(isps)}: ` : ''}${text}`,
  );
  if (remarks.length === 0) return undefined;
  const said: string[] = [];
  let length = 0;
  for (const remark of remarks) {
    const isLast = said.length === remarks.length - 1;
    if (length + remark.length + (isLast ? 0 : REST) > longest) break;
    said.push(remark);
    length += remark.length + 2;
  }
  const unsaid = remarks.length - said.length;
  if (said.length === 0) return `${remarks[0]!.slice(0, longest - REST)}…`;
  return [...said, ...(unsaid > 0 ? [`and ${unsaid} more differences`] : [])].join('; ');
}

/** Remarks in their order, each with the ISPs it is about. */
function grouped(differences: readonly Difference[]): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const difference of differences) {
    const text =
      'text' in difference
        ? difference.text
        : `${difference.field} ${difference.stated}, we have ${difference.own}`;
    const isps = groups.get(text) ?? [];
    groups.set(text, isps);
    if (difference.isp !== undefined) isps.push(difference.isp);
  }
  return groups;
}

const MOST_RANGES = 8;

/** ISP numbers as people write them: `3, 5-8`. */
export function ranges(isps: readonly number[]): string {
  const sorted = [...new Set(isps)].toSorted((a, b) => a - b);
  const runs: [number, number][] = [];
  for (const isp of sorted) {
    const last = runs.at(-1);
    if (last && last[1] === isp - 1) last[1] = isp;
    else runs.push([isp, isp]);
  }
  const shown = runs.slice(0, MOST_RANGES).map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`));
  return `${shown.join(', ')}${runs.length > MOST_RANGES ? ' and others' : ''}`;
}
