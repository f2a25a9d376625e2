import { Crc32c } from '../../core/checksum/index.js';
import type { ObjectWriter } from '../storage.js';
import { repeat } from './attempts.js';
import { gcsError } from './gcs-error.js';
import type { ObjectSource } from './gcs-object.js';
import { noBucket } from './request-failure.js';
import { ResumableUpload } from './resumable-upload.js';
import { checkUploaded, insertContent } from './upload-object.js';

/** Collects what is written: what fits one part is sent when it is closed, more of it part by part. */
export class GcsWriter implements ObjectWriter {
  readonly #source: ObjectSource;
  readonly #name: string;
  readonly #crc = new Crc32c();
  #chunks: Uint8Array[] = [];
  #buffered = 0;
  #upload: ResumableUpload | undefined;
  #ended = false;

  constructor(source: ObjectSource, name: string) {
    this.#source = source;
    this.#name = name;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#crc.update(bytes);
    const { partBytes } = this.#source.settings;
    let from = 0;
    // A full part waits until more comes: the last part is never empty.
    while (this.#buffered + bytes.length - from > partBytes) {
      const to = from + partBytes - this.#buffered;
      this.#keep(bytes.subarray(from, to));
      from = to;
      await this.#send();
    }
    this.#keep(bytes.subarray(from));
  }

  async close(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    const { objects, settings, url } = this.#source;
    const rest = this.#take();
    const crc32c = this.#crc.digestBase64();
    try {
      if (this.#upload === undefined)
        await repeat(settings, () => insertContent(objects, this.#name, rest, {})).catch(noBucket);
      else await checkUploaded(objects, settings, await this.#upload.finish(rest), crc32c);
    } catch (cause) {
      throw gcsError(cause, 'write', url);
    }
  }

  async abort(): Promise<void> {
    this.#ended = true;
    this.#take();
  }

  async #send(): Promise<void> {
    const { objects, settings, url } = this.#source;
    try {
      this.#upload ??= await ResumableUpload.start(objects, settings, this.#name, undefined);
      await this.#upload.send(this.#take());
    } catch (cause) {
      throw gcsError(cause, 'write', url);
    }
  }

  /** A copy: the caller may use its buffer again. */
  #keep(bytes: Uint8Array): void {
    this.#chunks.push(Uint8Array.prototype.slice.call(bytes));
    this.#buffered += bytes.length;
  }

  #take(): Buffer {
    const bytes = Buffer.concat(this.#chunks, this.#buffered);
    this.#chunks = [];
    this.#buffered = 0;
    return bytes;
  }
}
