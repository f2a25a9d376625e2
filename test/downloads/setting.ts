import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatasetsError } from '../../src/core/errors/index.js';
import {
  checkRequest,
  type DownloadProgress,
  type DownloadRequest,
  type DownloadSettings,
  downloadedFiles,
  openDownloads,
} from '../../src/downloads/index.js';
import type { DownloadedFiles } from '../../src/sources/index.js';

/** A machine's folder of downloads, and a builder's folder with its checksums. */
export class DownloadSetting {
  readonly directory: string;
  readonly checksumsFile: string;
  readonly events: DownloadProgress[] = [];

  private constructor(directory: string) {
    this.directory = join(directory, 'downloads');
    this.checksumsFile = join(directory, 'checksums.tsv');
  }

  static async create(): Promise<DownloadSetting> {
    return new DownloadSetting(await mkdtemp(join(tmpdir(), 'ailab-downloads-')));
  }

  remove(): Promise<void> {
    return rm(join(this.directory, '..'), { recursive: true, force: true });
  }

  settings(options: Partial<DownloadSettings> = {}): DownloadSettings {
    return {
      dataset: 'sample',
      directory: this.directory,
      checksumsFile: this.checksumsFile,
      mode: 'register',
      signal: new AbortController().signal,
      maxDownloadBytes: 2 ** 30,
      maxExtractedBytes: 2 ** 30,
      maxExtractionRatio: 200,
      env: {},
      fetch: { firstDelayMilliseconds: 5, maxDelayMilliseconds: 20, stallMilliseconds: 2000 },
      onProgress: (event) => this.events.push(event),
      ...options,
    };
  }

  async download(request: string | DownloadRequest, options: Partial<DownloadSettings> = {}): Promise<DownloadedFiles> {
    const [record] = await openDownloads(this.settings(options))([checkRequest(request)]);
    if (record === undefined) throw new DatasetsError('INTERNAL', 'nothing was downloaded');
    return downloadedFiles(record, this.directory);
  }

  /** The error of a download that must fail. */
  async refusal(
    request: string | DownloadRequest,
    options: Partial<DownloadSettings> = {},
  ): Promise<DatasetsError & { readonly hint: string }> {
    const error: unknown = await this.download(request, options).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error instanceof DatasetsError && error.hint !== undefined) return error as DatasetsError & { hint: string };
    throw new Error(`it was not refused with a hint: ${error}`);
  }
}

export function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}
