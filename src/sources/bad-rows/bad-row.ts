import { DatasetsError } from '../../core/errors/index.js';
import { MalformedText } from '../malformed.js';

/** A row that does not fit its format, and is left out. */
export interface BadRow {
  readonly file: string;
  /** Counted from 1, as is `column`: where the error is. */
  readonly line: number;
  readonly column?: number;
  /** How many lines are left out, each of which may have been a row: 1, unless a quote was never closed. */
  readonly rows: number;
  /** What is wrong, without any value of the data. */
  readonly reason: string;
  /** What was left out, as it stands in the file, without its last line end. */
  readonly raw: string | Buffer;
}

/** How many rows of all files of a source may be malformed. Both limits hold where both are given. */
export interface BadRowLimit {
  readonly rows?: number;
  /** Of all rows, good and bad: 0.001 is one in a thousand. */
  readonly fraction?: number;
  /** False keeps the rows themselves out of the quarantine file. Default: true, but never for a data set with personal fields or keys. */
  readonly keepRows?: boolean;
}

export interface BadRowOptions {
  /**
   * How many malformed rows may be left out of all files together; more fail the build. They are counted in the manifest and kept in a file that the build names. Default: 0, the first one is
   * an error.
   */
  readonly maxBadRows?: number | BadRowLimit;
}

/**
 * The limit that an author set, checked; undefined where every bad row is an error.
 *
 * @throws DatasetsError PIPELINE_INVALID
 */
export function badRowLimit({ maxBadRows }: BadRowOptions): BadRowLimit | undefined {
  if (maxBadRows === undefined || maxBadRows === 0) return undefined;
  const limit = typeof maxBadRows === 'number' ? { rows: maxBadRows } : maxBadRows;
  const { rows, fraction } = limit;
  const isCount = rows === undefined || (Number.isSafeInteger(rows) && rows >= 0);
  const isFraction = fraction === undefined || (fraction >= 0 && fraction <= 1);
  if (isCount && isFraction && (rows !== undefined || fraction !== undefined)) return limit;
  throw new DatasetsError('PIPELINE_INVALID', `maxBadRows can't be ${JSON.stringify(maxBadRows)}`, {
    hint: 'Give a number of rows, { rows: 100 }, { fraction: 0.001 }, or both.',
  });
}

/** Takes what is wrong with a row, or fails with it. */
export type TakeBadRow = (row: BadRow) => void;

/**
 * Leaves out the row that an error is about.
 *
 * @throws the error, where it is not about one row, or nobody takes bad rows
 */
export function leaveOut(
  error: unknown,
  file: string,
  left: { readonly raw: string | Buffer; readonly rows: number },
  take: TakeBadRow | undefined,
): void {
  if (take === undefined || !(error instanceof MalformedText)) throw error;
  take({ file, ...error.position, reason: error.reason, ...left });
}
