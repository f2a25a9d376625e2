import { styleFor, type TextOutput } from '../terminal/index.js';
import type { Log, Severity } from './log.js';

/** Text that is written as if to standard error becomes lines of a log: notes of commands, warnings, and what the author's code prints there. */
export class LineOutput implements TextOutput {
  readonly isTerminal = false;
  readonly width = Number.POSITIVE_INFINITY;
  readonly style = styleFor(false, {});
  readonly #log: Log;
  #begun = '';

  constructor(log: Log) {
    this.#log = log;
  }

  write(text: string): void {
    const lines = `${this.#begun}${text}`.split('\n');
    this.#begun = lines.pop() ?? '';
    for (const line of lines) this.#line(line);
  }

  /** Writes the line that has not ended. */
  end(): void {
    if (this.#begun !== '') this.write('\n');
  }

  #line(line: string): void {
    if (line.trim() === '') return;
    const [, said, message = ''] = /^(warning|error): (.*)$/.exec(line) ?? [];
    const severity: Severity = said === 'warning' ? 'WARNING' : said === 'error' ? 'ERROR' : 'INFO';
    this.#log.write(severity, said === undefined ? line : message);
  }
}
