import { Readable } from 'node:stream';
import type { Storage as Client } from '@google-cloud/storage';
import type { GcsSettings } from './gcs-settings.js';
import { loadClient } from './load-client.js';
import { credentialsFailure, RequestFailure, requestFailure } from './request-failure.js';
import { RequestLimit } from './request-limit.js';

/** One request of the JSON API (https://cloud.google.com/storage/docs/json_api/v1). */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Relative to `/storage/v1`, or absolute. */
  readonly uri: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly json?: object;
  readonly body?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ApiReply {
  readonly status: number;
  /** Parsed where it is JSON. */
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** Which bytes of an object to read; all of them where nothing is said. */
export interface MediaRange {
  /** Pins the content: bytes of another generation are never given. */
  readonly generation?: string | undefined;
  readonly start?: number;
  /** The last byte, inclusive. */
  readonly end?: number;
}

/** Takes what a download brings. */
export interface MediaSink {
  headers?(headers: Readonly<Record<string, string | undefined>>): void;
  chunk(bytes: Uint8Array): void | Promise<void>;
}

/** The code that tells an unfinished resumable upload: no redirection. */
const incompleteStatus = 308;

/** Sends single requests through Google's client, a bounded number at once, none of which waits for ever. Repeats nothing. */
export class GcsConnection {
  readonly #settings: GcsSettings;
  readonly #limit: RequestLimit;
  #client: Promise<Client> | undefined;

  constructor(settings: GcsSettings) {
    this.#settings = settings;
    this.#limit = new RequestLimit(settings.parallelRequests);
  }

  /** Where uploads go: `https://storage.googleapis.com/upload/storage/v1`. */
  async uploadUri(): Promise<string> {
    return `${(await this.#load()).apiEndpoint}/upload/storage/v1`;
  }

  /** @throws RequestFailure for every status but 2xx and 308. */
  async call(request: ApiRequest): Promise<ApiReply> {
    const client = await this.#authorized();
    return this.#limit.run(() => send(client, request));
  }

  /** @throws RequestFailure, also where the body ends early or stalls. */
  async read(bucket: string, name: string, range: MediaRange, sink: MediaSink): Promise<void> {
    const client = await this.#authorized();
    return this.#limit.run(() => this.#read(client, bucket, name, range, sink));
  }

  async #read(client: Client, bucket: string, name: string, range: MediaRange, sink: MediaSink): Promise<void> {
    const { generation, ...bytes } = range;
    const file = client.bucket(bucket).file(name, generation === undefined ? {} : { generation });
    // Checksums are ours: the client's are eight times slower and cover no ranges.
    const stream = file.createReadStream({ ...bytes, validation: false, decompress: false });
    stream.once('response', ({ statusCode, headers }: { statusCode: number; headers: Record<string, string> }) => {
      if (statusCode < 300) sink.headers?.(headers);
    });
    const stalled = setTimeout(() => {
      stream.destroy(new RequestFailure('the download stalled', { reason: 'stalled' }));
    }, this.#settings.stallMilliseconds);
    try {
      for await (const chunk of chunksOf(stream)) {
        await sink.chunk(chunk);
        stalled.refresh();
      }
    } finally {
      clearTimeout(stalled);
    }
  }

  /** The client that has credentials, which it keeps and renews itself; left alone it would ask the server without any. */
  async #authorized(): Promise<Client> {
    const client = await this.#load();
    if (client.customEndpoint) return client;
    try {
      await client.authClient.getRequestHeaders();
    } catch (error) {
      throw credentialsFailure(error);
    }
    return client;
  }

  #load(): Promise<Client> {
    this.#client ??= loadClient(this.#settings);
    return this.#client;
  }
}

/** The stream's faults become RequestFailures; those of whoever takes the chunks don't. */
async function* chunksOf(stream: Readable): AsyncGenerator<Uint8Array> {
  try {
    yield* stream as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw requestFailure(error);
  }
}

function send(client: Client, { method, uri, query, json, body, headers }: ApiRequest): Promise<ApiReply> {
  const options = {
    method,
    uri,
    // Even an empty query adds a question mark: the URI of an upload has its own.
    ...(query === undefined ? {} : { qs: { ...query } }),
    ...(json === undefined ? {} : { json }),
    ...(body === undefined ? {} : { body }),
    ...(headers === undefined ? {} : { headers: { ...headers } }),
  };
  return new Promise((resolve, reject) => {
    client.request(options, (error, parsed, response) => {
      const status = response?.statusCode;
      if (status !== undefined && (error === null || status === incompleteStatus)) {
        resolve({ status, body: parsed, headers: response?.headers ?? {} });
      } else if (response?.body instanceof Readable) {
        // The reply ended before its reason could be read.
        reject(new RequestFailure(`the reply (HTTP ${status}) ended early`, { reason: 'truncated' }));
      } else {
        reject(requestFailure(error ?? new RequestFailure('no response', {})));
      }
    });
  });
}
