import { type Style, styleFor } from './style.js';

/** A stream of text with what is known of where it goes. */
export interface TextOutput {
  readonly isTerminal: boolean;
  /** Columns to wrap at; Infinity where nobody looks at lines: in pipes and files. */
  readonly width: number;
  readonly style: Style;
  write(text: string): void;
}

/** Where a command prints: results to `out`, progress and notes to `notes` (standard error). */
export interface Terminal {
  readonly out: TextOutput;
  readonly notes: TextOutput;
}

/** The subset of a process's stream that is used, so that tests can pass their own. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export function createTerminal(
  out: OutputStream,
  notes: OutputStream,
  env: Readonly<Record<string, string | undefined>>,
): Terminal {
  return { out: textOutput(out, env), notes: textOutput(notes, env) };
}

function textOutput(stream: OutputStream, env: Readonly<Record<string, string | undefined>>): TextOutput {
  const isTerminal = stream.isTTY === true;
  const configured = Number(env['COLUMNS']);
  return {
    isTerminal,
    // A terminal may be resized while a build runs.
    get width() {
      if (isTerminal && stream.columns !== undefined && stream.columns > 0) return stream.columns;
      return Number.isInteger(configured) && configured > 0 ? configured : Number.POSITIVE_INFINITY;
    },
    style: styleFor(isTerminal, env),
    write: (text) => {
      stream.write(text);
    },
  };
}
