import { DatasetsError, type ErrorLocation, packError, unpackError } from '../../src/core/errors/index.js';
import { printable, type Style } from '../terminal/index.js';
import { type ExitCode, exitCodeOf, exitCodes } from './exit-code.js';

/** An error as it is shown: one of ours as it is, anything else as a defect of this program. */
export interface ErrorReport {
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
  readonly at: ErrorLocation;
  /** Evidence for machines. */
  readonly details: DatasetsError['details'];
  /** Messages of the causes, outermost first. */
  readonly causes: readonly string[];
  /** Frames of the author's own code, innermost first; empty when the error isn't theirs. */
  readonly authorFrames: readonly string[];
  /** Stacks of the error and of its causes. */
  readonly stacks: readonly string[];
  readonly exitCode: ExitCode;
}

export function reportError(thrown: unknown): ErrorReport {
  // A builder may have loaded a second copy of this package, whose errors are known by their shape alone: packing makes them ours.
  const error = unpackError(packError(thrown));
  const causes = causesOf(error);
  const known = error instanceof DatasetsError;
  return {
    code: known ? error.code : 'INTERNAL',
    message: known ? error.message : `unexpected ${nameOf(error)}: ${messageOf(error)}`,
    hint: known ? error.hint : 'This is a defect of ailab-datasets: please report it with the output of --verbose.',
    at: known ? error.at : {},
    details: known ? error.details : undefined,
    causes: causes.filter((cause) => !isRepetition(cause, error)).map(describeCause),
    authorFrames: known && error.code === 'USER_CODE' ? authorFrames(causes.at(-1)) : [],
    stacks: [error, ...causes].map(stackOf),
    exitCode: known ? exitCodeOf[error.code] : exitCodes.bug,
  };
}

/** The report as lines for a terminal. */
export function renderError(report: ErrorReport, style: Style, verbose: boolean): string {
  const lines = [`${style.red(style.bold(`error[${report.code}]`))}: ${style.bold(printableLines(report.message))}`];
  for (const [part, value] of Object.entries(report.at)) {
    if (value !== undefined) lines.push(`  ${style.dim(`${part}:`)} ${printable(String(value))}`);
  }
  for (const cause of report.causes) {
    const text = printableLines(cause).split('\n').join('\n    ');
    if (!report.message.includes(cause.slice(cause.indexOf(': ') + 2)))
      lines.push(`  ${style.dim('caused by:')} ${text}`);
  }
  for (const frame of report.authorFrames) lines.push(`    ${style.dim(frame)}`);
  if (report.hint !== undefined) lines.push(`${style.cyan('hint')}: ${printableLines(report.hint)}`);
  if (verbose) lines.push(...report.stacks.map((stack) => style.dim(stack)));
  return lines.join('\n');
}

/** Messages may echo data; line breaks of ours stay. */
function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

/** The report as `--json` prints it. */
export function errorData(report: ErrorReport, verbose: boolean): unknown {
  const { code, message, hint, at, causes, details } = report;
  const more = { ...(details !== undefined && { details }), ...(verbose && { stacks: report.stacks }) };
  return { error: { code, message, hint: hint ?? null, at, causes, ...more } };
}

/** Chains of causes are short; a cycle, which anyone could make, ends the walk. */
function causesOf(error: unknown): readonly unknown[] {
  const seen = new Set<unknown>([error]);
  let cause = error instanceof Error ? error.cause : undefined;
  while (cause !== undefined && cause !== null && !seen.has(cause)) {
    seen.add(cause);
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return [...seen].slice(1);
}

const mostFrames = 5;

function authorFrames(error: unknown): readonly string[] {
  const frames = stackOf(error)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at ') && !/node:|node_modules|\/dist\/(?:src|cli)\//.test(line));
  return frames.slice(0, mostFrames);
}

/** What the error has said in its own words: that it was interrupted, what a schema refused. */
function isRepetition(cause: unknown, error: unknown): boolean {
  if (cause instanceof DatasetsError) return error instanceof DatasetsError && error.code === cause.code;
  return cause instanceof Error && cause.name === 'ZodError';
}

/** Our own errors are known by their codes, others by their class. */
function describeCause(cause: unknown): string {
  return cause instanceof DatasetsError ? `${cause.code}: ${cause.message}` : `${nameOf(cause)}: ${messageOf(cause)}`;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : String(error);
}
