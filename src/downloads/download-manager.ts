import { join } from 'node:path';
import { onceOnThisHost } from '../cache/index.js';
import type { DatasetsError } from '../core/errors/index.js';
import { RequestLimit } from '../storage/index.js';
import { BatchProgress } from './batch-progress.js';
import { DownloadStore, type StoredFile } from './cached/download-store.js';
import { extractOnce } from './cached/extracted-tree.js';
import { type Checksum, type Checksums, readChecksums, registerChecksums } from './checksums/checksums-file.js';
import { checksumMismatch, checksumMissing, notCached, tooMuch } from './download-errors.js';
import type { Download } from './download-request.js';
import type { DownloadSettings } from './download-settings.js';
import type { DownloadRecord } from './downloaded-files.js';
import { fetchObject } from './fetch/fetch-object.js';
import { defaultFetchSettings } from './fetch/fetch-settings.js';
import { fetchUrl } from './fetch/fetch-url.js';
import { PartialFile } from './fetch/partial-file.js';

/** As browsers have it; more of them help nobody and annoy servers. */
const parallelPerHost = 4;

/** How often a file is fetched whose parts don't make what it must be. */
const maxRounds = 3;

/** What a file must be: its digest, and its size where that was said too. */
type Pin = Pick<Checksum, 'sha256'> & { readonly bytes: number | undefined };

interface Fetched {
  readonly bytes: number;
  readonly sha256: string;
  /** Absolute; to be moved away. */
  readonly path: string;
}

/** Fetches what a builder asks for with `p.download`, once a machine, and checks it. */
export class DownloadManager {
  readonly #settings: DownloadSettings;
  readonly #store: DownloadStore;
  readonly #hosts = new Map<string, RequestLimit>();
  /** Bytes that this build has fetched, by URL. */
  readonly #fetched = new Map<string, number>();
  #checksums: Promise<Checksums> | undefined;

  constructor(settings: DownloadSettings) {
    this.#settings = settings;
    this.#store = new DownloadStore(settings.directory);
  }

  /**
   * Makes the files of several requests lie on this machine, several at once.
   *
   * @throws DatasetsError CHECKSUM_MISSING, CHECKSUM_MISMATCH, DOWNLOAD_FAILED, LIMIT_EXCEEDED, BUILD_REFUSED, INTERRUPTED, STORAGE_FULL, STORAGE_FAILED, and
   *   what archives and buckets throw.
   */
  async download(downloads: readonly Download[]): Promise<readonly DownloadRecord[]> {
    const pins = new Map<Download, Pin | undefined>();
    for (const download of downloads) pins.set(download, await this.#pinOf(download));
    await this.#store.createDirectory();
    const progress = new BatchProgress(downloads, pins, this.#settings.onProgress);
    // The first failure is the one to report, after all have come to an end: what is half-way is kept for the next time.
    const outcomes = await Promise.allSettled(
      downloads.map(async (download) => {
        const file = await this.#file(download, pins.get(download), progress);
        if (this.#settings.mode === 'register' && download.sha256 === undefined) await this.#register(download, file);
        return this.#record(download, file);
      }),
    );
    progress.end();
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  }

  async #record(download: Download, file: StoredFile): Promise<DownloadRecord> {
    const { url, fileName, archive } = download;
    const { sha256, bytes, place } = file;
    const about = { url, sha256, bytes, fileName };
    if (archive === undefined) return { ...about, place, extracted: false, member: null };
    const holdsOne = archive === 'gz' || archive === 'zst';
    const onlyName = fileName.replace(/\.(?:gz|zst)$/i, '') || fileName;
    const folder = await extractOnce(this.#store, sha256, {
      path: join(this.#settings.directory, place),
      format: archive,
      archive: url,
      onlyName,
      limits: this.#settings,
      signal: this.#settings.signal,
    });
    return { ...about, place: folder, extracted: true, member: holdsOne ? onlyName : null };
  }

  async #pinOf(download: Download): Promise<Pin | undefined> {
    if (download.sha256 !== undefined) return { sha256: download.sha256, bytes: download.bytes };
    this.#checksums ??= readChecksums(this.#settings.checksumsFile);
    const pin = (await this.#checksums).get(download.url);
    if (pin === undefined && this.#settings.mode !== 'register') throw checksumMissing(download.url, this.#settings);
    return pin;
  }

  async #file(download: Download, pin: Pin | undefined, progress: BatchProgress): Promise<StoredFile> {
    const { url, fileName } = download;
    const finished = async () => (pin === undefined ? undefined : this.#store.find(pin.sha256, fileName));
    if (this.#settings.mode === 'cached') {
      const file = await finished();
      if (file === undefined) throw notCached(url, this.#settings);
      return file;
    }
    const file = await onceOnThisHost({
      directory: this.#settings.directory,
      lease: this.#store.leaseOf(url),
      finished,
      work: () => this.#limitOf(download).run(() => this.#fetch(download, pin, progress)),
      signal: this.#settings.signal,
    });
    progress.fileEnds();
    return file;
  }

  async #fetch(download: Download, pin: Pin | undefined, progress: BatchProgress): Promise<StoredFile> {
    progress.fileBegins();
    const { mode } = this.#settings;
    // Who registers is told what is there now, whatever was there before.
    const expected = mode === 'register' && download.sha256 === undefined ? undefined : pin;
    const fetched = await this.#fetchChecked(download, expected, progress);
    const file = await this.#store.adopt(fetched.path, fetched.sha256, download.fileName);
    await this.#store.forgetPartial(download.url);
    return file;
  }

  async #fetchChecked(download: Download, pin: Pin | undefined, progress: BatchProgress): Promise<Fetched> {
    const { address, url } = download;
    const directory = this.#store.partialDirectory(url);
    const limits = this.#limits(download, pin, progress);
    if (address.protocol === 'gs:') {
      const fetched = await fetchObject(url, directory, limits);
      checkPin(url, pin, fetched, this.#settings);
      return fetched;
    }
    const file = await PartialFile.open(directory);
    let isComplete = false;
    try {
      for (let round = 1; ; round++) {
        await fetchUrl({ ...limits, address, url, ...this.#patience() }, file);
        const fetched = { bytes: file.bytes, sha256: file.sha256, path: file.path };
        isComplete = matches(pin, fetched);
        if (isComplete) return fetched;
        const { isPieced } = file;
        await file.restart(undefined);
        // Parts may not belong together, whatever the server said: once more, if it can be in one piece.
        if (!isPieced || round === maxRounds) checkPin(url, pin, fetched, this.#settings);
      }
    } finally {
      await file.close(isComplete);
    }
  }

  #patience() {
    const { env = process.env, fetch, signal } = this.#settings;
    return { env, signal, settings: { ...defaultFetchSettings, ...fetch } };
  }

  /** What a download may take: what is left of the build's limit, and no more than it must have. */
  #limits({ url }: Download, pin: Pin | undefined, progress: BatchProgress) {
    const left = (): number => {
      let others = 0;
      for (const [other, bytes] of this.#fetched) if (other !== url) others += bytes;
      return this.#settings.maxDownloadBytes - others;
    };
    return {
      maxBytes: () => Math.min(pin?.bytes ?? Number.POSITIVE_INFINITY, left()),
      tooLarge: (bytes: number): DatasetsError =>
        pin?.bytes !== undefined && bytes > pin.bytes
          ? checksumMismatch(url, pin, { bytes }, this.#settings)
          : tooMuch(url, bytes, this.#settings),
      onBytes: (bytes: number): void => {
        this.#fetched.set(url, bytes);
        progress.fileHas(url, bytes);
      },
    };
  }

  #limitOf({ address }: Download): RequestLimit {
    const known = this.#hosts.get(address.host) ?? new RequestLimit(parallelPerHost);
    this.#hosts.set(address.host, known);
    return known;
  }

  /** One after the other: each reads the file, and writes it with its own line. At once, so that a failure of another one loses nothing. */
  async #register({ url, fileName }: Download, { bytes, sha256 }: StoredFile): Promise<void> {
    const { checksumsFile } = this.#settings;
    const before = this.#checksums;
    this.#checksums = (async () => {
      await before;
      await registerChecksums(checksumsFile, new Map([[url, { bytes, sha256, fileName }]]));
      return readChecksums(checksumsFile);
    })();
    await this.#checksums;
  }
}

function matches(pin: Pin | undefined, { bytes, sha256 }: Fetched): boolean {
  return pin === undefined || (pin.sha256 === sha256 && (pin.bytes === undefined || pin.bytes === bytes));
}

function checkPin(url: string, pin: Pin | undefined, fetched: Fetched, settings: DownloadSettings): void {
  if (pin !== undefined && !matches(pin, fetched)) throw checksumMismatch(url, pin, fetched, settings);
}
