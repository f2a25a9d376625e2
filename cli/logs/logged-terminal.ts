import type { Terminal } from '../terminal/index.js';
import type { CaptureErrors } from './capture-standard-error.js';
import { LineOutput } from './line-output.js';
import { type Log, openLog } from './log.js';
import type { LogFormat } from './log-format.js';

/** A terminal whose notes are lines of a log. */
export interface LoggedTerminal {
  readonly terminal: Terminal;
  readonly log: Log;
}

/**
 * Turns all that is written to standard error into lines of a log.
 *
 * @param capture in a process of its own
 */
export async function openLoggedTerminal(
  { out, notes }: Terminal,
  format: Exclude<LogFormat, 'text'>,
  env: Readonly<Record<string, string | undefined>>,
  capture: CaptureErrors | undefined,
): Promise<LoggedTerminal> {
  let write = (line: string): void => notes.write(line);
  const log = await openLog(format, (line) => write(line), env);
  const lines = new LineOutput(log);
  if (capture !== undefined) {
    write = capture((text) => lines.write(text));
    process.once('exit', () => lines.end());
  }
  return { terminal: { out, notes: lines }, log };
}
