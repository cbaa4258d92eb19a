/** Remembers results by key, up to `most` of them; the oldest go first, so that no peer can make it grow. */
export function memoised<V>(most: number, compute: (...key: string[]) => V): (...key: string[]) => V {
  const known = new Map<string, V>();
  return (...key) => {
    const joined = key.join(' ');
    const found = known.get(joined);
    if (found !== undefined) return found;
    const value = compute(...key);
    if (known.size >= most) known.delete(known.keys().next().value!);
    known.set(joined, value);
    return value;
  };
}
