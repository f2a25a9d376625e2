import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatasetsError } from '../../core/errors/index.js';
import {
  connectionFailure,
  type Environment,
  FetchFailure,
  isPassingStatus,
  retryAfterMilliseconds,
} from '../../core/http/index.js';
import type { FetchSettings } from './fetch-settings.js';
import { openResponse } from './open-response.js';
import type { PartialFile } from './partial-file.js';

export interface UrlFetch {
  readonly address: URL;
  /** For messages. */
  readonly url: string;
  readonly settings: FetchSettings;
  readonly env: Environment;
  readonly signal: AbortSignal;
  /** More bytes than this are not taken; others may take of it meanwhile. */
  readonly maxBytes: () => number;
  /** What to say of more. */
  readonly tooLarge: (bytes: number) => DatasetsError;
  /** How many bytes there are now; fewer than before where it had to begin anew. */
  readonly onBytes: (bytes: number) => void;
}

/** So much of it tells that the server works, and failures count anew. */
const progressBytes = 1 << 20;

/**
 * Fetches a URL to its end into a partial file, going on from what is there. What passes is waited out and tried again: broken and stalled connections,
 * 408, 425, 429 and 5xx; `Retry-After` is honoured.
 *
 * @throws DatasetsError DOWNLOAD_FAILED; INTERRUPTED; STORAGE_FULL, STORAGE_FAILED; what `tooLarge` gives
 */
export async function fetchUrl(fetch: UrlFetch, file: PartialFile): Promise<void> {
  const { settings, signal } = fetch;
  let failures = 0;
  for (;;) {
    const before = file.bytes;
    try {
      await attempt(fetch, file);
      return;
    } catch (error) {
      if (signal.aborted) throw interrupted(fetch);
      if (!(error instanceof FetchFailure)) throw error;
      failures = file.bytes - before >= progressBytes ? 1 : failures + 1;
      const asked = error.retryAfterMilliseconds ?? 0;
      if (!error.passing || failures >= settings.maxAttempts || asked > settings.maxRetryAfterMilliseconds) {
        throw failed(fetch, error, failures);
      }
      await sleep(Math.max(asked, delayMilliseconds(settings, failures)), undefined, { signal }).catch(() => {});
    }
  }
}

/** Shortened by chance, so that many who failed at once don't return at once. */
function delayMilliseconds({ firstDelayMilliseconds, maxDelayMilliseconds }: FetchSettings, failures: number): number {
  return Math.min(maxDelayMilliseconds, firstDelayMilliseconds * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
}

async function attempt(fetch: UrlFetch, file: PartialFile): Promise<void> {
  const stall = new Stall(fetch.settings.stallMilliseconds, fetch.signal);
  try {
    const resuming = file.bytes > 0 ? file.validator : undefined;
    const headers = {
      // Bytes as they are stored: a checksum is of those.
      'accept-encoding': 'identity',
      'user-agent': 'ailab-datasets',
      ...(resuming === undefined ? {} : { range: `bytes=${file.bytes}-`, 'if-range': resuming }),
    };
    const response = await openResponse(fetch.address, { headers, env: fetch.env, signal: stall.signal });
    try {
      await receive(response, fetch, file, stall);
    } finally {
      response.destroy();
    }
  } catch (error) {
    if (stall.stalled) throw new FetchFailure(`nothing came for ${fetch.settings.stallMilliseconds / 1000} s`, true);
    throw error instanceof DatasetsError ? error : connectionFailure(error);
  } finally {
    stall.end();
  }
}

async function receive(response: IncomingMessage, fetch: UrlFetch, file: PartialFile, stall: Stall): Promise<void> {
  const total = await place(response, file);
  if (total === 'complete') return;
  if (total !== undefined && total > fetch.maxBytes()) throw fetch.tooLarge(total);
  fetch.onBytes(file.bytes);
  for await (const chunk of response as AsyncIterable<Buffer>) {
    stall.came();
    if (file.bytes + chunk.length > fetch.maxBytes()) throw fetch.tooLarge(file.bytes + chunk.length);
    await file.append(chunk);
    stall.came();
    fetch.onBytes(file.bytes);
  }
  if (!response.complete || (total !== undefined && file.bytes < total)) {
    throw new FetchFailure(
      `the connection ended after ${file.bytes} of ${total ?? 'an unknown number of'} bytes`,
      true,
    );
  }
  if (total !== undefined && file.bytes > total) {
    await file.restart(undefined);
    throw new FetchFailure(`the server sent more than the ${total} bytes that it announced`, true);
  }
}

/** Makes the file ready for the body to come. Returns how many bytes there are in all, where the server says it. */
async function place(response: IncomingMessage, file: PartialFile): Promise<number | undefined | 'complete'> {
  const { statusCode = 0, headers } = response;
  if (statusCode === 200) {
    await file.restart(validatorOf(response));
    return lengthOf(headers['content-length']);
  }
  if (statusCode === 206) {
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers['content-range'] ?? '');
    if (range !== null && Number(range[1]) === file.bytes && file.bytes > 0 && isSameContent(response, file)) {
      file.goesOn();
      return lengthOf(range[2]);
    }
    await file.restart(undefined);
    throw new FetchFailure('the server sent another part than was asked for', true);
  }
  if (statusCode === 416) {
    const whole = /^bytes \*\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1];
    if (whole !== undefined && Number(whole) === file.bytes && file.bytes > 0) return 'complete';
    await file.restart(undefined);
    throw new FetchFailure('the server has changed its content', true);
  }
  const wait = retryAfterMilliseconds(headers['retry-after'], Date.now());
  throw new FetchFailure(
    `the server answers ${statusCode} ${response.statusMessage ?? ''}`.trimEnd(),
    isPassingStatus(statusCode),
    wait,
  );
}

/** Some servers don't know If-Range, and send a part of something else. A part names its ETag: https://www.rfc-editor.org/rfc/rfc9110#section-15.3.7. */
function isSameContent({ headers }: IncomingMessage, { validator }: PartialFile): boolean {
  if (validator?.startsWith('"') === true) return headers.etag === validator;
  return headers['last-modified'] === undefined || headers['last-modified'] === validator;
}

/** Only a strong ETag tells that bytes are the same: https://www.rfc-editor.org/rfc/rfc9110#section-13.1.5. */
function validatorOf({ headers }: IncomingMessage): string | undefined {
  const { etag } = headers;
  return etag?.startsWith('"') ? etag : headers['last-modified'];
}

function lengthOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** Gives up a connection that brings nothing. */
class Stall {
  readonly #controller = new AbortController();
  readonly #milliseconds: number;
  readonly #outer: AbortSignal;
  readonly #abort = (): void => this.#controller.abort();
  readonly #timer: NodeJS.Timeout;
  stalled = false;

  constructor(milliseconds: number, outer: AbortSignal) {
    this.#milliseconds = milliseconds;
    this.#outer = outer;
    this.#timer = this.#start();
    if (outer.aborted) this.#abort();
    outer.addEventListener('abort', this.#abort);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  came(): void {
    this.#timer.refresh();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#outer.removeEventListener('abort', this.#abort);
  }

  #start(): NodeJS.Timeout {
    return setTimeout(() => {
      this.stalled = true;
      this.#abort();
    }, this.#milliseconds);
  }
}

function interrupted({ url, signal }: UrlFetch): DatasetsError {
  return new DatasetsError('INTERRUPTED', `the download of ${url} was interrupted`, {
    hint: 'Start it again when you like: it goes on from what is there.',
    cause: signal.reason,
    at: { file: url },
  });
}

function failed({ url }: UrlFetch, cause: FetchFailure, failures: number): DatasetsError {
  const often = failures > 1 ? `, ${failures} times in a row` : '';
  return new DatasetsError('DOWNLOAD_FAILED', `${url} can't be downloaded: ${cause.message}${often}`, {
    hint: cause.passing
      ? 'Start it again later: it goes on from what is there. Behind a proxy, set HTTPS_PROXY.'
      : 'Open the address in a browser. A file that only people can fetch is read with this.manualPath(...).',
    cause,
    at: { file: url },
  });
}
