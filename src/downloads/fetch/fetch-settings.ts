/** How patient a download is. */
export interface FetchSettings {
  /** Failures in a row, without a MiB of progress between. */
  readonly maxAttempts: number;
  readonly firstDelayMilliseconds: number;
  readonly maxDelayMilliseconds: number;
  /** A server that asks to wait longer is taken at its word: the download fails. */
  readonly maxRetryAfterMilliseconds: number;
  /** A connection that brings nothing for so long is given up. */
  readonly stallMilliseconds: number;
}

export const defaultFetchSettings: FetchSettings = {
  maxAttempts: 6,
  firstDelayMilliseconds: 1000,
  maxDelayMilliseconds: 60_000,
  maxRetryAfterMilliseconds: 10 * 60_000,
  stallMilliseconds: 60_000,
};
