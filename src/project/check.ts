/** One thing that `doctor` looked at. */
export interface Check {
  /** Stable, for machines: `node`, `config`, `registry`, `peer:sharp`. */
  readonly name: string;
  /** A warning leaves everything working that the user asked for so far; a problem does not. */
  readonly status: 'ok' | 'warning' | 'problem';
  /** What was found, as one line. */
  readonly finding: string;
  /** What to do about it; undefined where nothing needs doing. */
  readonly remedy: string | undefined;
}

export function ok(name: string, finding: string): Check {
  return { name, status: 'ok', finding, remedy: undefined };
}

export function warning(name: string, finding: string, remedy: string): Check {
  return { name, status: 'warning', finding, remedy };
}

export function problem(name: string, finding: string, remedy: string): Check {
  return { name, status: 'problem', finding, remedy };
}
