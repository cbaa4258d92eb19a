import { FlexorError } from '../../base/errors.ts';
import { UftpError } from '../../uftp/errors.ts';
import type { Rejection } from '../../uftp/rules/index.ts';

/** What the exit status of `flexor message …` means. Never renumbered: scripts rely on it. */
export const EXIT = {
  fine: 0,
  /** Wrong arguments, or a file or key that cannot be read. */
  notRun: 1,
  /** No XML, or no message of the protocol. */
  unreadable: 2,
  /** There is no signature, or none that fits the message under the given keys. */
  signature: 3,
  /** The message or its SignedMessage does not follow the schema. */
  schema: 4,
  /** The message breaks rules of the protocol. */
  rules: 5,
} as const;

export const EXIT_HELP = `
Exit status:
  0  fine
  1  not run: wrong arguments, or a file or key that cannot be read
  2  unreadable: no XML, or no message of the protocol
  3  no signature, or none that fits
  4  the schema is not followed
  5  rules are broken`;

/** Text from a message, harmless on a terminal: a peer may write line ends and control sequences into it. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '\uFFFD');
}

/** The bytes on standard output as they are; a terminal alone gets a line end behind them. */
export function print(bytes: Uint8Array): void {
  process.stdout.write(bytes);
  if (process.stdout.isTTY) process.stdout.write('\n');
}

/** Runs a command; a failure ends as one sentence and its remedy on standard error, and its exit status. */
export async function withExitStatus(command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (failure) {
    if (!(failure instanceof FlexorError)) throw failure;
    console.error(printable(failure.message));
    console.error(`What to do: ${failure.remedy}`);
    process.exitCode = statusOf(failure);
  }
}

function statusOf(failure: FlexorError): number {
  if (failure.code === 'cli.not-signed') return EXIT.signature;
  if (!(failure instanceof UftpError)) return EXIT.notRun;
  switch (failure.code) {
    case 'uftp.xml-malformed':
    case 'uftp.xml-limit':
    case 'uftp.message-unknown':
      return EXIT.unreadable;
    case 'uftp.signature-invalid':
      return EXIT.signature;
    case 'uftp.base64-invalid':
    case 'uftp.schema-invalid':
      return EXIT.schema;
    default:
      return EXIT.notRun;
  }
}

/** Prints broken rules to standard error, one a line. @returns the exit status */
export function reportRules(rejections: readonly Rejection<string>[]): number {
  for (const { rule, text, detail } of rejections) {
    console.error(`${rule}: ${text}${detail === undefined ? '' : ` (${printable(detail)})`}`);
  }
  return rejections.length === 0 ? EXIT.fine : EXIT.rules;
}
