import { createReadStream } from 'node:fs';
import { basename, extname } from 'node:path';
import { Readable } from 'node:stream';
import { FlexorError, reasonOf } from '../base/index.ts';
import type { Config } from '../config/index.ts';

/** An answer of the operator's door. */
export interface DoorAnswer<T> {
  readonly body: T;
  readonly etag: string | undefined;
}

interface ProblemBody {
  readonly detail?: string;
  readonly code?: string;
  readonly remedy?: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

/** Problems named on the terminal; a file with more wrong lines is corrected in several rounds. */
const NAMED = 50;

/** The operator's door of a running Flexor, where and as its configuration says. */
export function operatorDoor(config: Config, url?: string) {
  const { host, port, token } = config.operator;
  const address = url ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const authorization = `Bearer ${config.secret(token)}`;

  return {
    /**
     * Hands in a file as it is read: JSON by its name, else CSV.
     *
     * @throws FlexorError `cli.file-unreadable`, `cli.door-closed`, or the door's own code with every line named
     */
    async sendFile<T>(
      method: 'POST' | 'PUT',
      path: string,
      file: string,
      query: Readonly<Record<string, string | undefined>>,
      headers: Readonly<Record<string, string>> = {},
    ): Promise<DoorAnswer<T>> {
      const given = Object.entries({ source: basename(file), ...query }).filter(
        ([, value]) => value !== undefined,
      );
      const target = `${address}${path}?${new URLSearchParams(given as [string, string][]).toString()}`;
      const content = createReadStream(file);
      await opened(content, file);
      const type = extname(file) === '.json' ? 'application/json' : 'text/csv';
      const response = await fetch(target, {
        method,
        headers: { authorization, 'content-type': type, ...headers },
        body: Readable.toWeb(content) as ReadableStream,
        duplex: 'half',
      } as RequestInit).catch((cause: unknown) => {
        throw new FlexorError(
          'cli.door-closed',
          `Nobody answers at ${address}: ${reasonOf((cause as Error).cause ?? cause)}`,
          'Start Flexor, or name the right address with --url.',
          { cause },
        );
      });
      if (!response.ok)
        throw refusalOf((await response.json().catch(() => ({}))) as ProblemBody, response.status);
      return { body: (await response.json()) as T, etag: response.headers.get('etag') ?? undefined };
    },
  };
}

async function opened(content: ReturnType<typeof createReadStream>, file: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    content.once('open', () => resolve());
    content.once('error', (cause) =>
      reject(
        new FlexorError(
          'cli.file-unreadable',
          `${file} cannot be read: ${cause.message}`,
          'Name a file that exists.',
          {
            cause,
          },
        ),
      ),
    );
  });
}

function refusalOf({ detail, code, remedy, errors = [] }: ProblemBody, status: number): FlexorError {
  const lines = errors.slice(0, NAMED).map(({ path, message }) => `  ${path}: ${message}`);
  const more = errors.length > NAMED ? [`  and ${errors.length - NAMED} more`] : [];
  const text = [detail ?? `The door answered ${status}.`, ...lines, ...more].join('\n');
  return new FlexorError(code ?? 'cli.door-refused', text, remedy ?? 'Look into the log of the API.');
}
