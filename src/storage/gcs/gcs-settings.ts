/** How patient the driver is and how much it does at once. */
export interface GcsSettings {
  /** The server instead of Google's, without credentials: that of an emulator. STORAGE_EMULATOR_HOST by default. */
  readonly endpoint?: string;
  /** Requests in flight at once. */
  readonly parallelRequests: number;
  /** Files that are sent or fetched at once; each upload holds a part in memory. */
  readonly parallelTransfers: number;
  /** Milliseconds without an answer, or without a further byte of it, after which a request counts as failed. */
  readonly stallMilliseconds: number;
  /** Failures in a row after which an operation gives up; what makes progress starts counting anew. */
  readonly maxAttempts: number;
  /** The same where no connection can be made at all: a machine that is offline learns it soon. */
  readonly maxConnectionAttempts: number;
  /** Wait before the second attempt; it doubles from one to the next, and each wait is shortened by chance to as little as half. */
  readonly firstDelayMilliseconds: number;
  readonly maxDelayMilliseconds: number;
  /** The largest content that is sent in one request, and buffered for it; also the part in which larger ones are sent. */
  readonly partBytes: number;
}

const mebibyte = 2 ** 20;

export const defaultGcsSettings: GcsSettings = {
  parallelRequests: 32,
  parallelTransfers: 8,
  stallMilliseconds: 60_000,
  maxAttempts: 10,
  maxConnectionAttempts: 4,
  firstDelayMilliseconds: 250,
  maxDelayMilliseconds: 30_000,
  // Parts of a resumable upload must be multiples of 256 KiB.
  partBytes: 16 * mebibyte,
};
