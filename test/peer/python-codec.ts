import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { PythonPeer } from './python-env.ts';

type Command = { do: 'return' | 'time read' | 'time write'; wire: Uint8Array; seconds?: number };
type Reply = { type?: string; wire?: string; rate?: number; error?: string };

/** The library in a process of its own, spoken to line by line. It signs with the key of seed 00 01 ... 1f. */
export interface PythonCodec {
  /** @throws Error with the library's own complaint */
  ask(command: Command): Promise<Reply>;
  close(): void;
}

export function startPythonCodec(peer: Extract<PythonPeer, { python: string }>): PythonCodec {
  const program = fileURLToPath(new URL('./python_codec.py', import.meta.url));
  const child = spawn(peer.python, [program], { env: peer.env, stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting: { resolve: (reply: Reply) => void; reject: (error: Error) => void }[] = [];
  createInterface(child.stdout).on('line', (line) => {
    const reply = JSON.parse(line) as Reply;
    const { resolve, reject } = waiting.shift()!;
    if (reply.error === undefined) resolve(reply);
    else reject(new Error(reply.error));
  });
  child.on('close', (status) => {
    for (const { reject } of waiting) reject(new Error(`Python ended with exit status ${status}.`));
  });
  return {
    ask: ({ wire, ...command }) =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        child.stdin.write(`${JSON.stringify({ ...command, wire: Buffer.from(wire).toString('base64') })}\n`);
      }),
    close: () => child.stdin.end(),
  };
}
