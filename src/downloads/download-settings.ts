import type { ExtractionLimits } from '../archives/index.js';
import type { Environment } from '../core/http/index.js';
import type { FetchSettings } from './fetch/fetch-settings.js';

/** What a build's downloads may do. Plain data. */
export interface DownloadLimits extends ExtractionLimits {
  /** Bytes that one build fetches, all downloads together. */
  readonly maxDownloadBytes: number;
}

/**
 * `verify`: fetches what has a checksum and has it. `register`: fetches anything, and takes note of its checksum. `cached`: fetches nothing.
 */
export type DownloadMode = 'verify' | 'register' | 'cached';

export interface DownloadSettings extends DownloadLimits {
  /** The data set's name, for messages. */
  readonly dataset: string;
  /** Where downloads are kept: absolute. */
  readonly directory: string;
  /** `checksums.tsv` beside the builder's module: absolute. */
  readonly checksumsFile: string;
  readonly mode: DownloadMode;
  readonly signal: AbortSignal;
  /** Proxies are read from it. Default: the process's. */
  readonly env?: Environment;
  /** Default: patient. */
  readonly fetch?: Partial<FetchSettings>;
  readonly onProgress?: (event: DownloadProgress) => void;
}

/** How the downloads of one call go on; they fit among the stages of a build. */
export type DownloadProgress =
  | {
      readonly type: 'stage-start';
      readonly stage: string;
      readonly unit: 'bytes';
      readonly tasks: number;
      /** Bytes to fetch, where all are known. */
      readonly rows?: number;
    }
  | { readonly type: 'rows'; readonly stage: string; readonly rows: number }
  | {
      readonly type: 'task-end';
      readonly stage: string;
      readonly done: number;
      readonly tasks: number;
      readonly rows: number;
    }
  | { readonly type: 'stage-end'; readonly stage: string; readonly rows: number; readonly seconds: number };
