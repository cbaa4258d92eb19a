import { open } from 'node:fs/promises';

const tailBytes = 16_384;

/** The last lines of a log file; an empty string when it cannot be read. */
export async function tailOf(file: string, lines = 20): Promise<string> {
  try {
    const handle = await open(file);
    try {
      const { size } = await handle.stat();
      const length = Math.min(size, tailBytes);
      const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
      return buffer.toString('utf8').trimEnd().split('\n').slice(-lines).join('\n');
    } finally {
      await handle.close();
    }
  } catch {
    return '';
  }
}
