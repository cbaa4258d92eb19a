/**
 * Histories are committed: they say nothing of the machine that made them. Temporal writes down who did each
 * task as `process@host`, and names the sticky queues after it; replaying does not look at it.
 */
export function scrubbed(history: unknown): unknown {
  return JSON.parse(
    JSON.stringify(history, (key, value: unknown) =>
      key === 'identity' || (typeof value === 'string' && /^\d+@/.test(value)) ? 'flexor' : value,
    ),
  ) as unknown;
}

/** Everything that a history says, its payloads (base64 in Temporal's JSON) in plain text. */
export function plainText(history: unknown): string {
  const said: string[] = [];
  JSON.stringify(history, (key, value: unknown) => {
    if (typeof value === 'string') {
      said.push(key === 'data' ? Buffer.from(value, 'base64').toString('utf8') : value);
    }
    return value;
  });
  return said.join('\n');
}
