import { DatasetsError } from '../core/errors/index.js';

/** A place in a text file; both counted from 1, columns in characters. */
export interface TextPosition {
  readonly line: number;
  readonly column?: number;
}

export interface MalformedTextOptions {
  readonly hint?: string;
  readonly cause?: unknown;
  /** What is wrong without any value of the data, where `what` shows one. */
  readonly reason?: string;
}

/** A row that does not fit its format. */
export class MalformedText extends DatasetsError {
  readonly position: TextPosition;
  /** Without any value of the data. */
  readonly reason: string;

  constructor(file: string, position: TextPosition, what: string, options: MalformedTextOptions) {
    const column = position.column === undefined ? '' : `, column ${position.column}`;
    const source = `${file} line ${position.line}${column}`;
    super('SOURCE_MALFORMED', `${source}: ${what}`, { ...options, at: { file, source } });
    // Nobody but sources tells it from its like.
    this.name = DatasetsError.name;
    this.position = position;
    this.reason = options.reason ?? what;
  }
}

/** What a message says: nothing of the data where the data set has personal fields or keys. `reason` shows no value, where `what` does. */
export function shownFault(what: string, reason: string | undefined, { hidesValues }: ValueRules): string {
  return hidesValues === true ? (reason ?? what) : what;
}

/** Whether messages may show values: a `SourceContext` says it. */
export interface ValueRules {
  readonly hidesValues?: boolean;
}

/** The error for content that does not fit its format, naming file, line and column. */
export function malformedText(
  file: string,
  position: TextPosition,
  what: string,
  options: MalformedTextOptions = {},
): DatasetsError {
  return new MalformedText(file, position, what, options);
}

/**
 * What `formats/` found wrong with a file of a source, as an error of the source: there it speaks of the files of a registry. Other errors stay as they are.
 *
 * @param source the place in the file, its name included
 */
export function damagedSource(
  error: unknown,
  file: string,
  source: string,
  options: { readonly hint: string; readonly offset?: number | undefined },
): unknown {
  if (!(error instanceof DatasetsError) || error.code !== 'DATA_CORRUPT') return error;
  const offset = error.at.offset ?? options.offset;
  const what = error.message.startsWith(file) ? error.message.slice(file.length).replace(/^[:,] /, '') : error.message;
  return new DatasetsError('SOURCE_MALFORMED', `${source}: ${what}`, {
    hint: options.hint,
    cause: error,
    at: { ...error.at, file, source, ...(offset === undefined ? {} : { offset }) },
  });
}

/** The error for content that does not fit its format, where there are no lines to name. */
export function malformedFile(
  file: string,
  what: string,
  options: { readonly hint?: string; readonly cause?: unknown; readonly offset?: number } = {},
): DatasetsError {
  const { offset, ...rest } = options;
  return new DatasetsError('SOURCE_MALFORMED', `${file}: ${what}`, {
    ...rest,
    at: { file, source: file, ...(offset === undefined ? {} : { offset }) },
  });
}
