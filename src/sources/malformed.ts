import { DatasetsError } from '../core/errors/index.js';

/** A place in a text file; both counted from 1, columns in characters. */
export interface TextPosition {
  readonly line: number;
  readonly column?: number;
}

/** The error for content that does not fit its format, naming file, line and column. */
export function malformedText(
  file: string,
  position: TextPosition,
  what: string,
  options: { readonly hint?: string; readonly cause?: unknown } = {},
): DatasetsError {
  const column = position.column === undefined ? '' : `, column ${position.column}`;
  const source = `${file} line ${position.line}${column}`;
  return new DatasetsError('SOURCE_MALFORMED', `${source}: ${what}`, { ...options, at: { file, source } });
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
