import { createHash } from 'node:crypto';

const digestLine = /^# sha256 of all lines below: ([0-9a-f]{64})$/m;

/** What an emitted file is, and which command writes it. */
export interface FileOrigin {
  /** What whoever opens it has to know, one comment a line. */
  readonly about: readonly string[];
  /** `ailab-datasets schedule emit --target cron` */
  readonly command: string;
}

/**
 * The text of an emitted file: how it was made, a digest, and the body. By the digest an edit by hand is told apart from a file that is only older than what would be written now.
 *
 * @param body in a language whose comments begin with `#`; ends with a line break
 */
export function sealText({ about, command }: FileOrigin, body: string): string {
  const digest = createHash('sha256').update(body).digest('hex');
  return `${[...about, `Written by: ${command}`, `sha256 of all lines below: ${digest}`].map((line) => `# ${line}`.trimEnd()).join('\n')}\n${body}`;
}

/** Whether a file is as it was emitted, by whichever release. */
export function isUntouched(text: string): boolean {
  const found = digestLine.exec(text);
  if (found === null) return false;
  const body = text.slice(found.index + found[0].length + 1);
  return createHash('sha256').update(body).digest('hex') === found[1];
}

/** Whether a command that begins so wrote it. */
export function isWrittenBy(text: string, command: string): boolean {
  return text
    .split('\n')
    .some((line) => line === `# Written by: ${command}` || line.startsWith(`# Written by: ${command} `));
}
