import type { Download } from './download-request.js';
import type { DownloadProgress } from './download-settings.js';

/** Downloads so many bytes before it says so again: an event a packet would cost more than the packet. */
const bytesBetweenEvents = 1 << 18;

/** Tells how the downloads of one call go on, as a stage of a build; says nothing where all are there. */
export class BatchProgress {
  readonly #stage: string;
  readonly #tasks: number;
  readonly #expected: number | undefined;
  readonly #report: (event: DownloadProgress) => void;
  readonly #bytes = new Map<string, number>();
  #started: number | undefined;
  #done = 0;
  #reported = 0;

  constructor(
    downloads: readonly Download[],
    pins: ReadonlyMap<Download, { readonly bytes: number | undefined } | undefined>,
    report: ((event: DownloadProgress) => void) | undefined,
  ) {
    const [first] = downloads;
    const more = downloads.length > 1 ? ` and ${downloads.length - 1} more` : '';
    this.#stage = `download ${first?.fileName ?? ''}${more}`;
    this.#tasks = downloads.length;
    const sizes = downloads.map((download) => pins.get(download)?.bytes);
    this.#expected = sizes.reduce((sum, size) => (sum === undefined || size === undefined ? undefined : sum + size), 0);
    this.#report = report ?? (() => {});
  }

  fileBegins(): void {
    if (this.#started !== undefined) return;
    this.#started = performance.now();
    const expected = this.#expected === undefined ? {} : { rows: this.#expected };
    this.#report({ type: 'stage-start', stage: this.#stage, unit: 'bytes', tasks: this.#tasks, ...expected });
  }

  fileHas(url: string, bytes: number): void {
    this.#bytes.set(url, bytes);
    const all = this.#all;
    if (Math.abs(all - this.#reported) < bytesBetweenEvents) return;
    this.#reported = all;
    this.#report({ type: 'rows', stage: this.#stage, rows: all });
  }

  /** A file is there, whether it was fetched or not. */
  fileEnds(): void {
    this.#done++;
    if (this.#started === undefined) return;
    this.#report({ type: 'task-end', stage: this.#stage, done: this.#done, tasks: this.#tasks, rows: this.#all });
  }

  end(): void {
    if (this.#started === undefined) return;
    const seconds = (performance.now() - this.#started) / 1000;
    this.#report({ type: 'stage-end', stage: this.#stage, rows: this.#all, seconds });
  }

  get #all(): number {
    return [...this.#bytes.values()].reduce((sum, bytes) => sum + bytes, 0);
  }
}
