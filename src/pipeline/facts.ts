import { DatasetsError, internalError } from '../core/errors/index.js';
import type { Download, DownloadRecord } from '../downloads/index.js';
import type { PublishedVersion } from '../sources/index.js';
import { decodeValue, encodeValue } from '../values/index.js';
import type { Awaitable } from './collection.js';

/** What a pipeline was told from outside. Plain data: recorded by the submitter, replayed in the workers, kept in the manifest. */
export interface BuildFacts {
  /** ISO 8601. */
  readonly snapshotTime: string;
  /** Canonical encodings of what `p.once` returned, base64, by name. Filled while the submitter's graph is made. */
  readonly once: { readonly [name: string]: string };
  /** What `p.download` fetched, by URL without secrets and what is made of it. */
  readonly downloads?: { readonly [url: string]: DownloadRecord };
  /** What references to published versions meant, by the reference and its registry. Recorded by the engine, since `splits()` asks for nothing but the source. */
  readonly published?: { readonly [request: string]: PublishedVersion };
}

/** Fetches what isn't there. */
export type FetchDownloads = (downloads: readonly Download[]) => Promise<readonly DownloadRecord[]>;

/** Answers `p.snapshotTime` and `p.once`: from the record, or, for the submitter, by asking and recording. */
export class FactRecorder {
  readonly snapshotTime: Date;
  readonly #given: BuildFacts;
  readonly #mayAsk: boolean;
  readonly #once = new Map<string, string>();
  readonly #downloads = new Map<string, { readonly download: Download; readonly record: DownloadRecord }>();
  readonly #asked = new Set<string>();

  constructor(given: BuildFacts, mayAsk: boolean) {
    this.snapshotTime = new Date(given.snapshotTime);
    if (Number.isNaN(this.snapshotTime.getTime())) {
      throw new DatasetsError(
        'PIPELINE_INVALID',
        `the snapshot time ${JSON.stringify(given.snapshotTime)} is not a date`,
        {
          hint: 'Give it as ISO 8601, e.g. 2026-11-21T00:00:00Z.',
        },
      );
    }
    this.#given = given;
    this.#mayAsk = mayAsk;
  }

  async once(name: string, fn: () => Awaitable<unknown>): Promise<unknown> {
    if (this.#asked.has(name)) {
      throw new DatasetsError('PIPELINE_INVALID', `p.once(${JSON.stringify(name)}) is called twice`, {
        hint: 'Give each recorded fact its own name, or keep the first result in a variable.',
      });
    }
    this.#asked.add(name);
    const recorded = Object.hasOwn(this.#given.once, name) ? this.#given.once[name] : undefined;
    const encoded = recorded ?? (await this.#ask(name, fn));
    this.#once.set(name, encoded);
    // The submitter gets the decoded value too, so that it sees exactly what the workers will see.
    return decodeValue(Buffer.from(encoded, 'base64'));
  }

  /** What was fetched for a request, and is on this machine: the submitter sees to it each time, a worker takes its word. */
  async download(
    downloads: readonly Download[],
    fetch: FetchDownloads | undefined,
  ): Promise<readonly DownloadRecord[]> {
    const records =
      fetch === undefined ? downloads.map((download) => this.#recorded(download)) : await fetch(downloads);
    downloads.forEach((download, index) => {
      const record = records[index];
      if (record === undefined) throw internalError(`nothing was recorded for ${download.url}`);
      const known = this.#downloads.get(keyOf(download));
      if (known !== undefined && known.download.address.href !== download.address.href) throw calledTwice(download);
      this.#downloads.set(keyOf(download), { download, record });
    });
    return records;
  }

  #recorded(download: Download): DownloadRecord {
    const record = this.#given.downloads?.[keyOf(download)];
    if (record !== undefined) return record;
    throw new DatasetsError(
      'GRAPH_MISMATCH',
      `a worker asks for the download ${download.url}, which the submitter did not`,
      {
        hint: 'splits() must make the same calls every time: let nothing but its arguments and p decide what it does.',
      },
    );
  }

  record(): BuildFacts {
    const downloads = [...this.#downloads].map(([key, { record }]) => [key, record] as const).sort(byName);
    return {
      snapshotTime: this.snapshotTime.toISOString(),
      once: Object.fromEntries([...this.#once].sort(byName)),
      ...(downloads.length > 0 && { downloads: Object.fromEntries(downloads) }),
    };
  }

  async #ask(name: string, fn: () => Awaitable<unknown>): Promise<string> {
    if (!this.#mayAsk) {
      throw new DatasetsError(
        'GRAPH_MISMATCH',
        `a worker asks p.once(${JSON.stringify(name)}), which the submitter did not`,
        {
          hint: 'splits() must make the same calls every time: let nothing but its arguments and p decide what it does.',
        },
      );
    }
    return Buffer.from(encodeValue(await fn())).toString('base64');
  }
}

/** Facts may be asked side by side; what is recorded must not depend on which came first. */
function byName(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}

/** The same URL may be read as it is and be extracted. */
function keyOf({ url, archive, fileName }: Download): string {
  return archive === undefined ? `${url} ${fileName}` : `${url} ${archive}`;
}

function calledTwice({ url }: Download): DatasetsError {
  return new DatasetsError('PIPELINE_INVALID', `two downloads differ only in what grants access: ${url}`, {
    hint: 'Keep the first result in a variable. A parameter that names the content must not be called key, token or the like.',
    at: { file: url },
  });
}
